// Whether a stack's cluster is as main has it, by what `lanes preview --json` wrote.
// Usage: node .github/scripts/drift.js <file>
const { readFileSync } = require("node:fs");

/** What is not as it should be, a line each. */
function driftOf({ failed, lanes, changes }) {
  if (failed !== null) return [`pulumi preview failed: ${failed}`];
  const cluster = changes.filter(({ cause }) => cause !== "config");
  const config = changes.filter(({ cause }) => cause === "config");
  return [
    ...cluster.map(({ name, type, drift }) => `changed in the cluster: ${type} ${name} ${drift.join(", ")}`.trimEnd()),
    ...(lanes.verdict.risk === null ? [] : [`not applied yet: ${lanes.verdict.text}`]),
    ...config.map(({ operation, name, type }) => `not applied yet: ${operation} ${type} ${name}`),
  ];
}

module.exports = { driftOf };

if (require.main === module) {
  const lines = driftOf(JSON.parse(readFileSync(process.argv[2], "utf8")));
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (lines.length > 0) process.exitCode = 1;
  else process.stdout.write("The cluster is as the config has it.\n");
}
