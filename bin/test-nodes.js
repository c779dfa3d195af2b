#!/usr/bin/env node
// `npm run test:nodes`: the unit tests on every other Node.js line that this project supports.
process.setSourceMapsEnabled(true);
require("./lazy-modules");
require("./typescript");
require("../test/nodes/main").main(process.argv.slice(2));
