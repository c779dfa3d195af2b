// Has the package's entry points load a part when it is asked for: a program that makes one component loads that one, and not
// all others. TypeScript writes `require` of every part to the head of the file. Part of `npm pack`, after the compiler.
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

/** One name that is handed on: as what, of which part, and what it is called there. */
const getter =
  /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+)\.(\w+); \} \}\);$/;

/** Node.js finds the names for ES modules in the line before, `exports.a = exports.b = void 0`, and trusts no getter that it can read. */
const helper = "const part = (name, get) => Object.defineProperty(exports, name, { enumerable: true, get });";
const begin = 'Object.defineProperty(exports, "__esModule", { value: true });';

/** @param {string} text of a compiled entry point, which holds nothing but exports of other files. @returns {string} */
function lazy(text) {
  const parts = new Map();
  const lines = text.split("\n").flatMap((line) => {
    const [, name, path] = /^(?:const|var) (\w+) = require\("([^"]+)"\);$/.exec(line) ?? [];
    if (name !== undefined) {
      parts.set(name, path);
      return [];
    }
    const [, as, part, own] = getter.exec(line) ?? [];
    return part === undefined ? [line] : [`part("${as}", () => require("${parts.get(part)}").${own});`];
  });
  const left = [...parts.keys()].filter((name) => lines.some((line) => new RegExp(`\\b${name}\\b`).test(line)));
  if (parts.size === 0 || left.length > 0)
    throw new Error(`an entry point holds more than exports: ${left.join(", ")}`);
  return lines.join("\n").replace(begin, `${begin}\n${helper}`);
}

/** Rewrites the entry points in a folder. */
function main(folder = join(__dirname, "..", "dist", "library")) {
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".js"))) {
    const file = join(folder, name);
    writeFileSync(file, lazy(readFileSync(file, "utf8")));
  }
}

module.exports = { lazy };
if (require.main === module) main(process.argv[2]);
