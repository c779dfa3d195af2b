// Loads TypeScript sources by transpiling them; types are checked by `npm test`. ts-node would load the whole compiler
// for that, which takes longer than most commands do, and every preview runs one of them. What a source became is kept,
// so that a run with nothing new does not even load the transpiler.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { basename, join, relative } = require("node:path");
require("./compile-cache");

const root = join(__dirname, "..");
const cache = join(root, "node_modules", ".cache", "mesh-lanes", "typescript");

/** @type {import("@swc/core").Options} */
const options = {
  swcrc: false,
  sourceMaps: "inline",
  module: { type: "commonjs" },
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
};
// The version stands for the transpiler: to read its manifest is cheap, to load it is not.
const { version } = require("@swc/core/package.json");
const generation = JSON.stringify([version, options]);

const hash = (text) => createHash("sha256").update(text).digest("hex");

/**
 * A file per source, which begins with a line that tells what it was made from: the cache never outgrows the sources. The names
 * of files and the source maps hold no folder, so that checkouts with the same node_modules share it.
 */
function transpile(filename) {
  const source = readFileSync(filename, "utf8");
  const madeFrom = `${hash(JSON.stringify([generation, source]))}\n`;
  const file = join(cache, `${hash(relative(root, filename))}.js`);
  try {
    const kept = readFileSync(file, "utf8");
    if (kept.startsWith(madeFrom)) return kept.slice(madeFrom.length);
  } catch {
    // Not there yet.
  }
  const { code } = require("@swc/core").transformSync(source, {
    ...options,
    filename,
    sourceFileName: basename(filename),
  });
  keep(file, madeFrom + code);
  return code;
}

/** Written whole or not at all: several processes load the same sources at once. */
function keep(file, text) {
  const fresh = `${file}.${process.pid}`;
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(fresh, text);
    renameSync(fresh, file);
  } catch {
    // A folder that cannot be written to, a full disk: the next run transpiles again, and nothing else is lost.
  }
}

/** The source map that the transpiled source ends with, as `source-map-support` takes it. */
function sourceMapOf(filename) {
  const base64 = transpile(filename).split("//# sourceMappingURL=data:application/json;base64,").at(-1) ?? "";
  return { url: filename, map: Buffer.from(base64, "base64").toString() };
}

require.extensions[".ts"] = (module, filename) => module._compile(transpile(filename), filename);

module.exports = { sourceMapOf };
