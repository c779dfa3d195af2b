#!/usr/bin/env node
// The `lanes` command: of the sources in a checkout, of what they were compiled to in the npm package.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

require("./lazy-modules");
const isCheckout = existsSync(join(__dirname, "..", "cli", "lanes.ts"));
if (isCheckout) {
  require("./source-maps").mapTraces();
  require("./unread-stacks");
}
require(isCheckout ? "../cli/lanes" : "../dist/cli/lanes").main(process.argv.slice(2));
