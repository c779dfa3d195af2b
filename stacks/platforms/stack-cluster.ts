import type { AckCluster } from "../../components/cluster/ack";
import { chooseLocalCluster } from "../../components/cluster/choose";
import type { Cluster } from "../../components/cluster/cluster";
import { EmbeddedCluster } from "../../components/cluster/embedded";
import { KindCluster } from "../../components/cluster/kind";
import type { LocalClusterKind } from "../../components/cluster/process-resource";
import { sharedPorts } from "../../components/gateway/listeners";
import type { ClusterConfig, StackConfig } from "../../config/stack";
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
      return { kind: cluster.kind, cluster: await createExisting(cluster, environment), config: cluster };
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

/** Only here a kubeconfig is parsed; the local kinds need not load the parser. */
async function createExisting(
  { kubeconfig: file, context }: ConfigOf<"existing">,
  environment: StackEnvironment,
): Promise<Cluster> {
  const [{ ExistingCluster }, { selectContext }] = await Promise.all([
    import("../../components/cluster/existing"),
    import("../../components/cluster/kubeconfig"),
  ]);
  const kubeconfig = selectContext({ ...environment.readKubeconfig(file), file, context });
  return new ExistingCluster("cluster", { kubeconfig });
}

/** Only here @pulumi/alicloud is loaded, which takes more than a second. */
async function createAck({ source, ...cluster }: ConfigOf<"ack">): Promise<AckCluster> {
  const { AckCluster: Ack } = await import("../../components/cluster/ack");
  const { region, name, publicEndpoint, credentialMinutes, kubernetesVersion, deletionProtection } = cluster;
  const common = { region, clusterName: name, publicEndpoint, credentialMinutes };
  if ("id" in source) return new Ack("cluster", { ...common, clusterId: source.id });
  const { nodes, ...rest } = source;
  const create = { ...rest, deletionProtection, kubernetesVersion };
  const size = { nodeTypes: nodes.types, minNodes: nodes.min, maxNodes: nodes.max };
  return new Ack("cluster", { ...common, create: { ...create, ...size } });
}
