// Prints the schema that other languages are generated from: `node plugin/schema.js > plugin/schema.json`.
require("ts-node").register({ transpileOnly: true, swc: true, cwd: __dirname });
const { makeSchema } = require("./make-schema");

console.log(JSON.stringify(makeSchema(), null, 2));
