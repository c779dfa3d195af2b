import assert from "node:assert/strict";
import { join } from "node:path";
import { findOnPath, lookOnPath } from "../../../../tools/toolchain/path-tools";
import { pins } from "../../../../tools/toolchain/pins";
import { scratchFolder, writeProgram } from "./scratch-folder";

const pulumiSet = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"];

describe("lookOnPath", () => {
  const folder = scratchFolder();
  const env = () => ({ PATH: `${folder()}/bin:/usr/bin:/bin` });

  async function pulumi(version: string, programs = pulumiSet): Promise<void> {
    for (const program of programs) await writeProgram(join(folder(), "bin", program), `echo v${version}`);
  }

  const versions: [string, string, string][] = [
    ["the pinned version", pins.pulumi, "right"],
    ["a newer one of the same major", "3.300.1", "right"],
    ["fails for an older one", "3.214.9", "wrong"],
    ["fails for the next major", "4.0.0", "wrong"],
  ];
  for (const [title, version, state] of versions) {
    it(title, async () => {
      await pulumi(version);
      assert.equal((await lookOnPath("pulumi", env(), "/nowhere")).state, state);
    });
  }

  it("tells version and folder", async () => {
    await pulumi("3.216.0");
    assert.deepEqual(await lookOnPath("pulumi", env(), "/nowhere"), {
      state: "right",
      version: "3.216.0",
      folder: `${folder()}/bin`,
    });
  });

  it("fails for an engine without its language host", async () => {
    await pulumi("3.216.0", ["pulumi", "pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"]);
    assert.deepEqual(await lookOnPath("pulumi", env(), "/nowhere"), {
      state: "wrong",
      detail: `${folder()}/bin/pulumi comes without pulumi-language-nodejs`,
    });
  });

  it("fails for a program that does not run", async () => {
    await pulumi("3.216.0");
    await writeProgram(join(folder(), "bin", "pulumi"), "exit 3");
    assert.deepEqual(await lookOnPath("pulumi", env(), "/nowhere"), {
      state: "wrong",
      detail: `${folder()}/bin/pulumi does not say its version`,
    });
  });

  it("does not take what lies in our own cache", async () => {
    await pulumi("3.216.0");
    assert.deepEqual(await lookOnPath("pulumi", env(), folder()), { state: "absent" });
  });

  it("never takes a program of the embedded node", async () => {
    await writeProgram(join(folder(), "bin", "etcd"), `echo etcd Version: ${pins.etcd}`);
    assert.deepEqual(await lookOnPath("etcd", env(), "/nowhere"), { state: "not looked at" });
  });

  it("does not take a folder or a file that cannot be run", () => {
    assert.equal(findOnPath("mesh-lanes-test-nothing", env()), undefined);
    assert.equal(findOnPath(folder().split("/").at(-1) ?? "", { PATH: join(folder(), "..") }), undefined);
  });
});
