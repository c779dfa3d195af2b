import type * as pulumi from "@pulumi/pulumi";
import * as server from "@pulumi/pulumi/provider/server";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

// Pulumi's types leave out what its provider does first with the inputs that it is sent.
const { deserializeInputs } = server as unknown as {
  deserializeInputs(inputs: Struct, dependencies: ReadonlyMap<string, unknown>): Promise<pulumi.Inputs>;
};

/** Inputs of a component as its provider gets them when the engine has sent them. */
export function received(inputs: Record<string, JavaScriptValue>): Promise<pulumi.Inputs> {
  return deserializeInputs(Struct.fromJavaScript(inputs), new Map());
}
