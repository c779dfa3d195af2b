#!/usr/bin/env node
// `npm run conformance -- --help`: the cases that every cluster and mesh must pass.
process.setSourceMapsEnabled(true);
require("./lazy-modules");
require("./typescript");
require("../test/conformance/main").main(process.argv.slice(2));
