import type { StackConfig } from "../../config/stack";
import { nodeConfig } from "../../tools/embedded/config";
import { inspectNode } from "../../tools/embedded/inspect";
import { UserError } from "../../tools/user-error";
import { upCommand } from "../command-parts";
import { clusterChoiceOf } from "./needs";

/** False when the stack's cluster is the embedded node and it has to be made or started first. */
export function nodeRuns(config: StackConfig): boolean {
  return clusterChoiceOf(config).kind !== "embedded" || nodeState(config) === "running";
}

function nodeState({ cluster }: StackConfig) {
  return inspectNode(nodeConfig({ name: cluster.name })).state;
}

/**
 * The node's addresses lead nowhere when it does not run, or out of this machine: nothing is sent to them then.
 *
 * @throws UserError when the stack's cluster is the embedded node and it does not run.
 */
export function requireRunningNode(config: StackConfig, stack: string): void {
  if (nodeRuns(config)) return;
  const fix = `Run \`${upCommand(stack)}\`.`;
  throw new UserError("the local cluster does not run", [
    { path: config.cluster.name, got: nodeState(config), expected: "running", fix },
  ]);
}
