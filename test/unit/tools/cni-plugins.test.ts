import assert from "node:assert/strict";
import { join } from "node:path";
import { cniFolder, cniPlugins, missingCniPlugins } from "../../../tools/cni-plugins";
import { scratchFolder, writeProgram } from "./toolchain/scratch-folder";

describe("CNI plugins", () => {
  const folder = scratchFolder();
  const at = (name: string) => join(folder(), name);
  const fill = (name: string, plugins: readonly string[]) =>
    Promise.all(plugins.map((plugin) => writeProgram(join(at(name), plugin), "true")));

  it("are in the first folder that holds all of them", async () => {
    await fill("one", cniPlugins.slice(1));
    await fill("two", cniPlugins);
    assert.equal(cniFolder([at("none"), at("one"), at("two")]), at("two"));
    assert.deepEqual(missingCniPlugins([at("none"), at("one"), at("two")]), []);
  });

  it("are missed in the folder that has the most", async () => {
    await fill("one", cniPlugins.slice(1));
    assert.equal(cniFolder([at("none"), at("one")]), undefined);
    assert.deepEqual(missingCniPlugins([at("none"), at("one")]), [join(at("one"), cniPlugins[0])]);
  });
});
