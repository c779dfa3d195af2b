// Work of Pulumi's library in each program whose result nobody gets: a quarter of what a program of a hundred resources takes.
//
// Nothing depends on this file: without it, or with a version of the library that works in another way, all of it works as before
// and takes longer.
const { createRequire } = require("node:module");

/** @param requireOf `require` of the program: what is changed is the copy of the library that the program has. */
function leaveOut(requireOf) {
  const requireOfLibrary = createRequire(requireOf.resolve("@pulumi/pulumi"));
  // Debug messages, four for each resource, each a call of its own that waits for the one before; one holds the resource's whole
  // state as text. The engine drops them, unless it runs with --debug.
  const log = optional(requireOf, "@pulumi/pulumi/log");
  if (log) log.debug = () => Promise.resolve();
  const protobuf = optional(requireOfLibrary, "google-protobuf");
  if (protobuf) protobuf.Message.prototype.toString = () => "(message)";
  // A session with V8's debugger, to name the files of functions that cannot be written as text. We write none, and who does
  // gets the session then: the start does not have to wait for it.
  const hooks = optional(requireOf, "@pulumi/pulumi/runtime/closure/v8Hooks");
  if (hooks) hooks.isInitializedAsync = () => Promise.resolve();
}

/** The module; undefined where this version of the library has none of the name. */
function optional(requireOf, name) {
  try {
    return requireOf(name);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND" && error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    return undefined;
  }
}

module.exports = { leaveOut };
