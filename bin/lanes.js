#!/usr/bin/env node
// The `lanes` command.
process.setSourceMapsEnabled(true);
require("./lazy-modules");
require("./typescript");
require("../cli/lanes").main(process.argv.slice(2));
