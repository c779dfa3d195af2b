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
  const answers = optional(requireOf, "@pulumi/pulumi/proto/resource_pb");
  skipInputsInAnswers(answers, optional(requireOfLibrary, "google-protobuf/google/protobuf/struct_pb.js"));
  // A session with V8's debugger, to name the files of functions that cannot be written as text. We write none, and who does
  // gets the session then: the start does not have to wait for it.
  const hooks = optional(requireOf, "@pulumi/pulumi/runtime/closure/v8Hooks");
  if (hooks) hooks.isInitializedAsync = () => Promise.resolve();
}

/**
 * Each answer about a Kubernetes object holds the object as it was sent, beside what it has become: for the provider's next
 * comparison. No resource has a property of that name, and to read it is half of the work that an answer makes.
 */
function skipInputsInAnswers({ RegisterResourceResponse: Answer } = {}, { Struct, Value } = {}) {
  const [readAnswer, readStruct] = [Answer?.deserializeBinary, Struct?.deserializeBinaryFromReader];
  if (!readAnswer || !readStruct || !Value?.deserializeBinaryFromReader) return;
  // As the generated reader does it, but for one key: https://protobuf.dev/programming-guides/encoding/#maps
  const readField = (fields, reader) => {
    let key = "";
    let value = new Value();
    while (reader.nextField() && !reader.isEndGroup()) {
      if (reader.getFieldNumber() === 1) key = reader.readString();
      else if (reader.getFieldNumber() !== 2 || key === "__inputs") reader.skipField();
      else {
        value = new Value();
        reader.readMessage(value, Value.deserializeBinaryFromReader);
      }
    }
    if (key !== "__inputs") fields.set(key, value);
  };
  // The first one in an answer is the object itself.
  let inAnswer = false;
  Struct.deserializeBinaryFromReader = (message, reader) => {
    if (!inAnswer) return readStruct(message, reader);
    inAnswer = false;
    while (reader.nextField() && !reader.isEndGroup()) {
      if (reader.getFieldNumber() === 1) reader.readMessage(message.getFieldsMap(), readField);
      else reader.skipField();
    }
    return message;
  };
  Answer.deserializeBinary = (bytes) => {
    inAnswer = true;
    try {
      return readAnswer(bytes);
    } finally {
      inAnswer = false;
    }
  };
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
