#!/usr/bin/env node
// `npm run conformance -- --help`: the cases that every cluster and mesh must pass.
require("ts-node/register/transpile-only");
require("../test/conformance/main").main(process.argv.slice(2));
