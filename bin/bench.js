#!/usr/bin/env node
// `npm run bench`: the figures of the README. `npm run bench -- render` (or `preview`, `stack`, `lanes`, …) for one part.
require("./lazy-modules");
require("./source-maps").mapTraces();
require("../test/bench/main").main(process.argv.slice(2));
