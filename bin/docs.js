#!/usr/bin/env node
// `npm run docs`: writes the pages of docs/ that are made from code.
process.setSourceMapsEnabled(true);
require("./lazy-modules");
require("./typescript");
require("../cli/docs/write").main();
