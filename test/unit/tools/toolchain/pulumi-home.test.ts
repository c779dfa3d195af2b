import assert from "node:assert/strict";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pins } from "../../../../tools/toolchain/pins";
import { preparePulumiHome } from "../../../../tools/toolchain/pulumi-home";
import { scratchFolder, writeProgram } from "./scratch-folder";

const version = pins.kubernetesProvider;
const listed = JSON.stringify([{ name: "kubernetes", kind: "resource", version }]);

describe("preparePulumiHome", () => {
  const folder = scratchFolder();
  const tool = (name: string) => join(folder(), "bin", name);
  const plugin = () => join(folder(), `home/plugins/resource-kubernetes-v${version}/pulumi-resource-kubernetes`);
  const calls = () => readFileSync(join(folder(), "calls"), "utf8").split("\n").length - 1;

  /** An engine that sees the plugin if the shell condition holds. */
  async function engine(condition: string): Promise<void> {
    await writeProgram(tool("pulumi-resource-kubernetes"), "true");
    const script = `echo called >> ${folder()}/calls\nif ${condition}; then echo '${listed}'; else echo '[]'; fi`;
    await writeProgram(tool("pulumi"), script);
  }

  it("links the provider, and does nothing the second time", async () => {
    await engine("true");
    await preparePulumiHome({ path: tool }, join(folder(), "home"));
    await preparePulumiHome({ path: tool }, join(folder(), "home"));
    assert.equal(lstatSync(plugin()).isSymbolicLink(), true);
    assert.equal(calls(), 1);
  });

  it("takes a real file where the engine sees no link", async () => {
    await engine(`[ ! -L ${plugin()} ]`);
    await preparePulumiHome({ path: tool }, join(folder(), "home"));
    assert.equal(lstatSync(plugin()).isFile(), true);
    assert.equal(calls(), 2);
  });

  it("lays it out again when the provider has changed", async () => {
    await engine("true");
    await preparePulumiHome({ path: tool }, join(folder(), "home"));
    await writeProgram(tool("pulumi-resource-kubernetes"), "echo newer");
    await preparePulumiHome({ path: tool }, join(folder(), "home"));
    assert.match(readFileSync(plugin(), "utf8"), /newer/);
    assert.equal(calls(), 2);
  });

  it("fails when the engine never sees it", async () => {
    await engine("false");
    await assert.rejects(
      preparePulumiHome({ path: tool }, join(folder(), "home")),
      /does not see the Kubernetes provider/,
    );
  });
});
