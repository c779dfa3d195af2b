// npm run api: writes down what the package exports, for a test to compare.
require("./typescript");
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { apiPages } = require("../tools/api/pages");

const root = join(__dirname, "..");
for (const { path, text } of apiPages(root)) writeFileSync(join(root, path), text);
