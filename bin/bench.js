#!/usr/bin/env node
// `npm run bench`: the figures of the README. `npm run bench -- render`, or `stack`, `lanes`, `propagation`, for one part.
require("ts-node/register/transpile-only");
require("../test/bench/main").main(process.argv.slice(2));
