import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ClusterChoice, type ClusterKind, chooseClusterKind } from "../components/cluster/choose";
import { loadClusterConfig, loadStackConfig, type RawStackConfig, readStackConfigFile } from "../config/read";
import type { StackConfig } from "../config/stack";
import { hostFacts } from "../stacks/environment";
import { nodeConfig } from "../tools/embedded/config";
import { inspectNode } from "../tools/embedded/inspect";
import { projectRoot } from "../tools/paths";
import { type Reporter, silentReporter } from "../tools/report/reporter";
import type { ToolNeeds } from "../tools/toolchain/bundles";
import { ensureTools } from "../tools/toolchain/ensure";
import { UserError } from "../tools/user-error";
import { refuseAccountStack } from "./account-stack";
import { stackOwner } from "./pulumi/environment";
import type { StackSession } from "./pulumi/stack-session";
import { requireCheckout } from "./require-checkout";

/** The checked config of a stack of this checkout. @throws UserError naming every problem, or the missing file. */
export function readStack(stack: string): StackConfig {
  return loadStackConfig(readStackFile(stack));
}

/** Its cluster alone, though the rest may be wrong. @throws UserError as `readStack`. */
export function readStackCluster(stack: string): StackConfig["cluster"] {
  return loadClusterConfig(readStackFile(stack));
}

function readStackFile(stack: string): RawStackConfig {
  return readStackConfigFile(requireStackFile(stack));
}

/** The path of a stack's file. @throws UserError when there is none. */
export function requireStackFile(stack: string, folder = projectRoot): string {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  if (existsSync(file)) return file;
  throw new UserError("there is no such stack", [
    {
      path: "--stack",
      got: `got "${stack}", and there is no Pulumi.${stack}.yaml in ${folder}`,
      expected: "the name of a stack with a config file",
      fix: "Name another stack, or copy Pulumi.dev.yaml to begin one.",
    },
  ]);
}

/** The kind of cluster that the stack's config means on this machine, and why. */
export function clusterChoiceOf(config: StackConfig): ClusterChoice {
  const { kind } = config.cluster;
  // This machine runs no part of it, as with any existing cluster.
  if (kind === "ack") return { kind: "existing", reason: "it is in an account of Alibaba Cloud" };
  return chooseClusterKind(kind, hostFacts(config));
}

/** The kind of cluster that the stack's config means on this machine. */
function clusterKindOf(config: StackConfig): ClusterKind {
  return clusterChoiceOf(config).kind;
}

/** The tools that the stack's config needs on this machine. */
export function toolNeeds(config: StackConfig): ToolNeeds {
  const istio = config.mesh.kind === "istio" ? { istio: config.mesh.version } : {};
  return { cluster: clusterKindOf(config), telemetry: config.telemetry !== undefined, ...istio };
}

/**
 * Opens a local stack, getting the tools first where they are missing.
 *
 * @throws UserError for a stack in an account: its state is elsewhere.
 */
export async function openLocalStack(stack: string, reporter: Reporter = silentReporter): Promise<StackSession> {
  requireCheckout(`the state of stack ${stack}`);
  const config = readStack(stack);
  refuseAccountStack(config, stack);
  const toolchain = await ensureTools(toolNeeds(config), reporter);
  const { StackSession: Session } = await import("./pulumi/stack-session");
  return Session.open(stack, projectRoot, toolchain, stackOwner(config.cluster), reporter);
}

/** False when the stack's cluster is the embedded node and it has to be made or started first. */
export function nodeRuns(config: StackConfig): boolean {
  return clusterKindOf(config) !== "embedded" || nodeState(config) === "running";
}

function nodeState({ cluster }: StackConfig) {
  return inspectNode(nodeConfig({ name: cluster.name })).state;
}

/**
 * The node's addresses lead nowhere when it does not run, or out of this machine: nothing is sent to them then.
 *
 * @throws UserError when the stack's cluster is the embedded node and it does not run.
 */
export function requireRunningNode(config: StackConfig): void {
  if (nodeRuns(config)) return;
  throw new UserError("the local cluster does not run", [
    { path: config.cluster.name, got: nodeState(config), expected: "running", fix: "Run `npm start`." },
  ]);
}
