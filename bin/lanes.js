#!/usr/bin/env node
// The `lanes` command. Types are checked by `npm test`; here the sources are only transpiled, so that it starts fast.
const { join } = require("node:path");

require("ts-node").register({ transpileOnly: true, project: join(__dirname, "..", "tsconfig.json") });
require("../cli/lanes").main(process.argv.slice(2));
