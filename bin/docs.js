#!/usr/bin/env node
// `npm run docs`: writes the pages of docs/ that are made from code.
require("./lazy-modules");
require("./source-maps").mapTraces();
require("../cli/docs/write").main();
