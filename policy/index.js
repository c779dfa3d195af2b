// Pulumi starts the pack here: `pulumi preview --policy-pack policy`. Types are checked by `npm test`. Pulumi's own hook for
// TypeScript is in place already, and would check them again on each preview, by the standard library of 2020: this takes its place.
require("../bin/typescript");
require("./pack");
