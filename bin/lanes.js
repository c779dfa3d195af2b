#!/usr/bin/env node
// The `lanes` command: of the sources in a checkout, of what they were compiled to in the npm package.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

process.setSourceMapsEnabled(true);
require("./lazy-modules");
const isCheckout = existsSync(join(__dirname, "..", "cli", "lanes.ts"));
if (isCheckout) require("./typescript");
require(isCheckout ? "../cli/lanes" : "../dist/cli/lanes").main(process.argv.slice(2));
