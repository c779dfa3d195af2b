import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import ts from "typescript";
import { projectRoot } from "../../../tools/paths";

const script = join(projectRoot, "bin", "lazy-entries.js");

describe("bin/lazy-entries", () => {
  let root: string;
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  const compiled = (text: string) =>
    ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } })
      .outputText;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lazy-entries-"));
    mkdirSync(join(root, "library"));
    for (const part of ["one", "two", "three"]) {
      write(`${part}.js`, `console.log("loads ${part}"); exports.${part} = "${part}";`);
    }
    write("library/core.js", compiled('export { three } from "../three";\n'));
    write(
      "library/index.js",
      compiled('export { one } from "../one";\nexport { two as deux } from "../two";\nexport * from "./core";\n'),
    );
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** What a program prints. */
  const run = async (...args: string[]) => (await execa(process.execPath, args, { cwd: root })).stdout.split("\n");
  const rewrite = () => run(script, join(root, "library"));

  it("loads a part when it is asked for, behind `export *` too, and once", async () => {
    const program =
      'const all = require("./library/index"); console.log(Object.keys(all).sort().join()); all.deux; all.deux; all.three;';
    const before = await run("-e", program);
    assert.deepEqual(before, ["loads one", "loads two", "loads three", "deux,one,three"]);
    await rewrite();
    assert.deepEqual(await run("-e", program), ["deux,one,three", "loads two", "loads three"]);
  });

  it("leaves the names that an ES module can import", async () => {
    await rewrite();
    write("program.mjs", 'import { deux, one, three } from "./library/index.js"; console.log(one + deux + three);');
    assert.equal((await run("program.mjs")).at(-1), "onetwothree");
  });

  it("fails where an entry point holds more than exports", async () => {
    write("library/index.js", compiled('import { one } from "../one";\nexport const more = one;\n'));
    await assert.rejects(rewrite(), /holds more than exports/);
  });
});
