import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { outputValue, settled } from "../pulumi-mocks";

/** Runs a program as the engine does, with a root, and waits until all of it is registered. */
export async function runProgram<T extends object>(program: () => Promise<T>): Promise<T> {
  let outputs: T | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    outputs = await program();
    return outputs;
  });
  assert.ok(outputs);
  await outputValue(pulumi.output(outputs));
  await settled();
  return outputs;
}
