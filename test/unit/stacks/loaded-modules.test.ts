import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";

const preload = ["lazy-modules.js", "typescript.js"].flatMap((file) => ["--require", join(projectRoot, "bin", file)]);

/** Whether a process that has loaded a module has loaded others whose path holds a text. */
async function loads(module: string, part: string): Promise<boolean> {
  const script = `
    require(${JSON.stringify(module)});
    console.log(Object.keys(require.cache).some((file) => file.includes(${JSON.stringify(part)})));`;
  const { stdout } = await execa(process.execPath, [...preload, "-e", script], { cwd: projectRoot });
  return stdout === "true";
}

/** It is 61 MB and takes more than a second. */
const loadsAlicloud = (module: string) => loads(module, "/node_modules/@pulumi/alicloud/");

describe("the program of a stack", function () {
  this.timeout(60_000);

  it("loads nothing of Alibaba Cloud before a stack asks for it, be it upstream Istio or an existing ASM", async () => {
    for (const module of ["./index", "./stacks/platforms/asm"]) {
      assert.equal(await loadsAlicloud(module), false, module);
    }
  });

  it("loads of the package's entry point what it uses", async () => {
    assert.equal(await loads("./stacks/stack", "/components/lanes/diff/"), false);
    assert.equal(await loads("./components/lanes/diff/diff", "/components/lanes/diff/"), true);
  });

  it("loads the hash of users' ids where users are dealt", async () => {
    assert.equal(await loads("./components/lanes/lane-request", "/node_modules/xxhashjs/"), false);
    assert.equal(await loads("xxhashjs", "/node_modules/xxhashjs/"), true);
  });

  it("is looked at by a test that would see it", async () => {
    assert.equal(await loadsAlicloud("./components/cluster/ack"), true);
  });
});
