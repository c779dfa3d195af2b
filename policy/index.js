// Pulumi starts the pack here: `pulumi preview --policy-pack policy`. Types are checked by `npm test`.
require("ts-node").register({ transpileOnly: true, swc: true, cwd: __dirname });
require("./pack");
