import { type ClusterChoice, chooseClusterKind } from "../../components/cluster/choose";
import type { StackConfig } from "../../config/stack";
import { hostFacts } from "../../stacks/environment";
import type { ToolNeeds } from "../../tools/toolchain/bundles";

/** The kind of cluster that the stack's config means on this machine, and why. */
export function clusterChoiceOf(config: StackConfig): ClusterChoice {
  const { kind } = config.cluster;
  // This machine runs no part of it, as with any existing cluster.
  if (kind === "ack") return { kind: "existing", reason: "it is in an account of Alibaba Cloud" };
  return chooseClusterKind(kind, hostFacts(config));
}

/** The tools that the stack's config needs on this machine. */
export function toolNeeds(config: StackConfig): ToolNeeds {
  const { mesh, telemetry } = config;
  const istio = mesh.kind === "istio" ? { istio: mesh.version, previousIstio: mesh.previous?.version } : {};
  return { cluster: clusterChoiceOf(config).kind, telemetry: telemetry !== undefined, ...istio };
}
