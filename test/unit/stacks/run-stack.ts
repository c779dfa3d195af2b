import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { createAlibabaStack } from "../../../stacks/alibaba";
import type { StackConfig } from "../../../stacks/config";
import { createLocalStack, type LocalEnvironment, type StackOutputs } from "../../../stacks/local";
import { outputValue, settled } from "../pulumi-mocks";

/** The program of a stack, as index.ts chooses it. */
export function createStack(config: StackConfig, environment: LocalEnvironment): Promise<StackOutputs> {
  const local = config.cluster.kind !== "ack" && config.mesh.kind === "istio";
  return local ? createLocalStack(config, environment) : createAlibabaStack(config, environment);
}

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
