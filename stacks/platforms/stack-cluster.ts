import type { ClusterConfig, StackConfig } from "../../config/stack";
import {
  type Cluster,
  chooseLocalCluster,
  EmbeddedCluster,
  ExistingCluster,
  KindCluster,
  type LocalClusterKind,
  selectContext,
  sharedPorts,
} from "../../library";
import type { AckCluster } from "../../library/alibaba";
import type { StackEnvironment } from "../environment";

type ConfigOf<Kind extends ClusterConfig["kind"]> = Extract<ClusterConfig, { kind: Kind }>;

/** The cluster of a stack, by its kind. */
export type StackCluster =
  | { readonly kind: "ack"; readonly cluster: AckCluster; readonly config: ConfigOf<"ack"> }
  | { readonly kind: "existing"; readonly cluster: Cluster; readonly config: ConfigOf<"existing"> }
  | { readonly kind: LocalClusterKind; readonly cluster: Cluster };

/** The cluster that the config names, on whatever platform. Only what its kind needs is loaded. */
export async function createCluster(config: StackConfig, environment: StackEnvironment): Promise<StackCluster> {
  const { cluster } = config;
  switch (cluster.kind) {
    case "ack":
      return { kind: cluster.kind, cluster: await createAck(cluster), config: cluster };
    case "existing":
      return { kind: cluster.kind, cluster: createExisting(cluster, environment), config: cluster };
    default: {
      const { kind } = chooseLocalCluster(cluster.kind, environment.facts);
      return { kind, cluster: createLocal(kind, cluster, config) };
    }
  }
}

/** On this machine. */
function createLocal(
  kind: LocalClusterKind,
  { name: clusterName, kubernetesVersion }: ConfigOf<LocalClusterKind | "auto">,
  { gateway, gateways }: StackConfig,
): Cluster {
  switch (kind) {
    case "embedded":
      return new EmbeddedCluster("cluster", { clusterName });
    case "kind": {
      const gatewayPorts = sharedPorts([gateway, ...gateways]).map(({ port }) => port);
      return new KindCluster("cluster", { clusterName, gatewayPorts, kubernetesVersion });
    }
    default:
      return kind satisfies never;
  }
}

function createExisting({ kubeconfig: file, context }: ConfigOf<"existing">, environment: StackEnvironment): Cluster {
  const kubeconfig = selectContext({ ...environment.readKubeconfig(file), file, context });
  return new ExistingCluster("cluster", { kubeconfig });
}

/** Only here @pulumi/alicloud is loaded, which takes more than a second. */
async function createAck({ source, ...cluster }: ConfigOf<"ack">): Promise<AckCluster> {
  const { AckCluster: Ack } = await import("../../library/alibaba");
  const { region, name, publicEndpoint, credentialMinutes, kubernetesVersion, deletionProtection } = cluster;
  const common = { region, clusterName: name, publicEndpoint, credentialMinutes };
  if ("id" in source) return new Ack("cluster", { ...common, clusterId: source.id });
  const { nodes, ...rest } = source;
  const create = { ...rest, deletionProtection, kubernetesVersion };
  const size = { nodeTypes: nodes.types, minNodes: nodes.min, maxNodes: nodes.max };
  return new Ack("cluster", { ...common, create: { ...create, ...size } });
}
