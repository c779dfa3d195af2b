#!/usr/bin/env node
// `npm run versions`: writes docs/versions.md from the versions in tools/toolchain.
require("./lazy-modules");
require("./typescript");
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { versionsPage } = require("../tools/toolchain/tested");
writeFileSync(join(__dirname, "..", "docs", "versions.md"), versionsPage());
