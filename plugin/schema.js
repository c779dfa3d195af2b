// Prints the schema that other languages are generated from: `node plugin/schema.js > plugin/schema.json`.
require("ts-node").register({ transpileOnly: true, swc: true, cwd: __dirname });
const { ComponentProvider } = require("@pulumi/pulumi/provider/experimental");
const { Lanes } = require("./lanes");

const provider = new ComponentProvider({ name: "mesh-lanes", components: [Lanes], dirname: __dirname });
provider.getSchema().then((schema) => console.log(JSON.stringify(JSON.parse(schema), null, 2)));
