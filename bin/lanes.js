#!/usr/bin/env node
// The `lanes` command. Types are checked by `npm test`; here the sources are only transpiled. ts-node would load the
// whole TypeScript compiler for that, which takes longer than most commands do, and every preview runs one of them.
const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");

process.setSourceMapsEnabled(true);
require.extensions[".ts"] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, "utf8"), {
    filename,
    swcrc: false,
    sourceMaps: "inline",
    module: { type: "commonjs" },
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  });
  module._compile(code, filename);
};
require("../cli/lanes").main(process.argv.slice(2));
