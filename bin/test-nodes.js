#!/usr/bin/env node
// `npm run test:nodes [-- MAJOR...]`: the unit tests on newer Node.js lines.
require("./lazy-modules");
require("./source-maps").mapTraces();
require("../test/nodes/main").main(process.argv.slice(2));
