// Stack traces that name lines of the TypeScript sources. A map is read when a trace is, which hardly any process does: Node.js
// itself (--enable-source-maps) reads those of all modules as it loads them, which is a tenth of what a command takes to start.
const { createRequire } = require("node:module");
const { sep } = require("node:path");
const { sourceMapOf } = require("./typescript");

const packages = `${sep}node_modules${sep}`;
const none = JSON.stringify({ version: 3, sources: [], mappings: "" });

/**
 * For `source-map-support`: the map of a source of ours, and none for packages, whose own maps are large and name files that
 * packages do not have.
 */
function retrieveSourceMap(file) {
  if (file.includes(packages)) return { url: file, map: none };
  return file.endsWith(".ts") ? sourceMapOf(file) : null;
}

/** Has the traces of this process mapped, from the first one that is read on. */
function mapTraces() {
  let mapped;
  Error.prepareStackTrace = (error, trace) => {
    mapped ??= prepare();
    return mapped(error, trace);
  };
}

/** What `source-map-support` makes of a trace. Pulumi's library brings it. */
function prepare() {
  const lazily = Error.prepareStackTrace;
  const { install } = createRequire(require.resolve("@pulumi/pulumi"))("source-map-support");
  install({ retrieveSourceMap, handleUncaughtExceptions: false });
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = lazily;
  return prepareStackTrace;
}

module.exports = { mapTraces, retrieveSourceMap };
