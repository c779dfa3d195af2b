import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import Module from "node:module";
import { join } from "node:path";
import execa from "execa";
import { filesBelow } from "../../../tools/files-below";
import { Checkout } from "./checkout";

describe("typescript", function () {
  this.timeout(60_000);
  let checkout: Checkout;
  let source: string;
  const cache = () => join(checkout.root, "node_modules", ".cache", "mesh-lanes", "typescript");

  beforeEach(() => {
    checkout = new Checkout(["@swc"]);
    source = checkout.write("source.ts", `enum Word { Hello = "hello" }\nexport const word: string = Word.Hello;\n`);
  });

  afterEach(() => checkout.remove());

  /** What the source exports, and whether the transpiler was loaded for it. */
  async function load(root = checkout.root): Promise<{ word: string; transpiled: boolean }> {
    const script = `
      require("./bin/typescript");
      const { word } = require("./source");
      const transpiled = Object.keys(require.cache).some((file) => file.endsWith(".node"));
      console.log(JSON.stringify({ word, transpiled }));`;
    const { stdout } = await execa(process.execPath, ["--enable-source-maps", "-e", script], { cwd: root });
    return JSON.parse(stdout);
  }

  it("transpiles a source once", async () => {
    assert.deepEqual(await load(), { word: "hello", transpiled: true });
    assert.deepEqual(await load(), { word: "hello", transpiled: false });
  });

  it("transpiles a source that changed, and keeps no more than one result of it", async () => {
    await load();
    writeFileSync(source, `export const word: string = "changed";\n`);
    assert.deepEqual(await load(), { word: "changed", transpiled: true });
    assert.deepEqual(await load(), { word: "changed", transpiled: false });
    assert.equal(readdirSync(cache()).length, 1);
  });

  it("transpiles again what another version made, and what is no longer whole", async () => {
    await load();
    const [file = ""] = readdirSync(cache());
    for (const text of ["", `${"0".repeat(64)}\nexports.word = "old";`]) {
      writeFileSync(join(cache(), file), text);
      assert.deepEqual(await load(), { word: "hello", transpiled: true });
    }
  });

  it("works where nothing can be kept", async () => {
    checkout.write("node_modules/.cache", "a file where the folder would be");
    assert.deepEqual(await load(), { word: "hello", transpiled: true });
    rmSync(join(checkout.root, "node_modules", ".cache"));
  });

  it("names the line of the source in a stack", async () => {
    writeFileSync(source, `interface Nothing {}\n\nexport const word = new Error("here").stack;\n`);
    checkout.link("@pulumi", "source-map-support", "source-map", "buffer-from");
    const print = `console.log(require("./source").word)`;
    for (const args of [
      ["--enable-source-maps", "-e", `require("./bin/typescript"); ${print}`],
      ["-e", `require("./bin/source-maps").mapTraces(); ${print}`],
    ]) {
      for (const _run of ["transpiled", "kept"]) {
        const { stdout } = await execa(process.execPath, args, { cwd: checkout.root });
        assert.match(stdout, /source\.ts:3:21/);
      }
    }
  });

  it("reads no map before a stack is read, and none of a package", async () => {
    writeFileSync(source, `export const word = "no stack";\n`);
    checkout.link("@pulumi", "source-map-support", "source-map", "buffer-from");
    const script = `
      require("./bin/source-maps").mapTraces();
      require("./source");
      const reads = () => Object.keys(require.cache).some((file) => file.includes("source-map-support"));
      const before = reads();
      const ofPackage = require("./bin/source-maps").retrieveSourceMap(require.resolve("@pulumi/pulumi"));
      const { stack } = new Error("read");
      console.log(JSON.stringify({ before, after: reads(), mappings: JSON.parse(ofPackage.map).mappings, stack }));`;
    const { stdout } = await execa(process.execPath, ["-e", script], { cwd: checkout.root });
    const { stack, ...rest } = JSON.parse(stdout);
    assert.deepEqual(rest, { before: false, after: true, mappings: "" });
    assert.match(stack, /^Error: read\n {4}at \[eval\]/);
  });

  it("transpiles once for checkouts that share their packages, each with its own files in a stack", async () => {
    const text = `export const word: string = new Error("here").stack ?? "";\n`;
    writeFileSync(source, text);
    const other = new Checkout([]);
    try {
      other.write("source.ts", text);
      symlinkSync(join(checkout.root, "node_modules"), join(other.root, "node_modules"));
      assert.equal((await load()).transpiled, true);
      for (const { root } of [checkout, other]) {
        const { word, transpiled } = await load(root);
        assert.equal(transpiled, false);
        assert.ok(word.includes(`${join(root, "source.ts")}:1:29`), word);
      }
    } finally {
      other.remove();
    }
  });

  it("keeps what was compiled where this Node.js can", async () => {
    const compiled = join(checkout.root, "node_modules", ".cache", "mesh-lanes", "compiled");
    await load();
    assert.equal(existsSync(compiled) && filesBelow(compiled).length > 0, "enableCompileCache" in Module);
    assert.deepEqual(await load(), { word: "hello", transpiled: false });
    writeFileSync(source, `export const word: string = "changed";\n`);
    assert.equal((await load()).word, "changed");
  });

  it("fails with the file and the place of a syntax error", async () => {
    writeFileSync(source, "export const word = ;\n");
    await assert.rejects(load(), /Expression expected[\s\S]*source\.ts:1:1/);
  });
});
