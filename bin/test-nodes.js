#!/usr/bin/env node
// `npm run test:nodes [-- MAJOR...]`: the unit tests on newer Node.js lines.
process.setSourceMapsEnabled(true);
require("./lazy-modules");
require("./typescript");
require("../test/nodes/main").main(process.argv.slice(2));
