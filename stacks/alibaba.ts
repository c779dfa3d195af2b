import type { Input } from "@pulumi/pulumi";
import type { AckCluster } from "../components/cluster/ack";
import type { Cluster } from "../components/cluster/cluster";
import { AsmIngressGateway, type AsmLoadBalancer } from "../components/gateway/asm-gateway";
import type { Mesh } from "../components/mesh/mesh";
import type { StackConfig } from "./config";
import type { AckClusterConfig, AsmMeshConfig } from "./config-alibaba";
import {
  createExistingCluster,
  createStackOn,
  istioPlatform,
  type LocalEnvironment,
  type Platform,
  type StackOutputs,
} from "./local";

/**
 * A stack on Alibaba Cloud: an ACK cluster with ASM or upstream Istio, or a cluster that somebody else runs in an ASM
 * instance that somebody else runs. Parts of the last kind need no account, and do not load @pulumi/alicloud.
 */
export async function createAlibabaStack(config: StackConfig, environment: LocalEnvironment): Promise<StackOutputs> {
  const { cluster, mesh } = config;
  if (cluster.kind === "ack") {
    const ack = await createAck(cluster);
    const platform =
      mesh.kind === "asm"
        ? await asmOnAck(ack, cluster, mesh, config, environment)
        : istioPlatform("ack", ack, config, environment);
    return createStackOn(platform, config, environment);
  }
  if (mesh.kind !== "asm")
    throw new Error(`nothing of Alibaba Cloud in cluster ${cluster.kind} with mesh ${mesh.kind}`);
  const existing = await createExistingCluster(cluster, environment);
  if (cluster.kind !== "existing") throw new Error(`asm on a cluster of kind ${cluster.kind}`);
  const platform = asmPlatform({
    kind: cluster.kind,
    cluster: existing,
    mesh: await createExistingMesh(mesh, environment),
    clusterId: cluster.id ?? "",
    loadBalancer: config.gateway.loadBalancer,
    config,
    settleSeconds: mesh.settleSeconds,
  });
  return createStackOn(platform, config, environment);
}

async function createAck({ source, ...cluster }: AckClusterConfig): Promise<AckCluster> {
  const { AckCluster: Ack } = await import("../components/cluster/ack");
  const { region, name, publicEndpoint, credentialMinutes, kubernetesVersion } = cluster;
  const common = { region, clusterName: name, publicEndpoint, credentialMinutes };
  if ("id" in source) return new Ack("cluster", { ...common, clusterId: source.id });
  const { nodes, ...rest } = source;
  const create = { ...rest, deletionProtection: cluster.deletionProtection };
  return new Ack("cluster", {
    ...common,
    create: { ...create, kubernetesVersion, nodeTypes: nodes.types, minNodes: nodes.min, maxNodes: nodes.max },
  });
}

async function asmOnAck(
  ack: AckCluster,
  cluster: AckClusterConfig,
  mesh: AsmMeshConfig,
  config: StackConfig,
  environment: LocalEnvironment,
): Promise<Platform> {
  const { deletionProtection } = cluster;
  return asmPlatform({
    kind: cluster.kind,
    cluster: ack,
    mesh: mesh.existing
      ? await createExistingMesh(mesh, environment)
      : await createMesh(ack, cluster.name, mesh, config, deletionProtection),
    clusterId: ack.identity,
    loadBalancer: config.gateway.loadBalancer ?? (await createLoadBalancer(ack, cluster.name, deletionProtection)),
    config,
    settleSeconds: mesh.settleSeconds,
  });
}

async function createMesh(
  ack: AckCluster,
  meshName: string,
  { version, edition, users, accessLogProject, traceSampling }: AsmMeshConfig,
  { laneGroups }: StackConfig,
  deletionProtection: boolean,
): Promise<Mesh> {
  const { AsmMesh } = await import("../components/mesh/asm");
  const { alicloud, identity: clusterId, vpcId, switchId } = ack;
  return new AsmMesh("mesh", {
    ...{ alicloud, clusterId, vpcId, switchId, meshName, deletionProtection },
    ...{ version, edition, users, accessLogProject, traceSampling, groups: laneGroups },
  });
}

async function createExistingMesh({ existing }: AsmMeshConfig, environment: LocalEnvironment): Promise<Mesh> {
  if (!existing) throw new Error("the kubeconfig of the mesh is missing");
  const [{ ExistingAsmMesh }, { selectContext }] = await Promise.all([
    import("../components/mesh/existing-asm"),
    import("../components/cluster/kubeconfig"),
  ]);
  const { kubeconfig: file, context } = existing;
  return new ExistingAsmMesh("mesh", {
    kubeconfig: selectContext({ ...environment.readKubeconfig(file, "mesh"), file, context, section: "mesh" }),
  });
}

async function createLoadBalancer(
  { alicloud }: AckCluster,
  name: string,
  deletionProtection: boolean,
): Promise<AsmLoadBalancer> {
  const { GatewayLoadBalancer } = await import("../components/gateway/gateway-load-balancer");
  return new GatewayLoadBalancer("load-balancer", {
    alicloud,
    loadBalancerName: `${name}-gateway`,
    deletionProtection,
  });
}

interface AsmParts {
  readonly kind: string;
  readonly cluster: Cluster;
  readonly mesh: Mesh;
  /** By which the mesh knows the cluster. */
  readonly clusterId: Input<string>;
  readonly loadBalancer: AsmLoadBalancer | undefined;
  readonly config: StackConfig;
  readonly settleSeconds: number;
}

function asmPlatform({ kind, cluster, mesh, clusterId, loadBalancer, config, settleSeconds }: AsmParts): Platform {
  const { gateway, gateways } = config;
  // The cross check requires one where none is made.
  if (!loadBalancer) throw new Error("the gateway has no load balancer");
  return {
    kind,
    cluster,
    mesh,
    settleSeconds,
    createGateway: (needs) =>
      new AsmIngressGateway("gateway", {
        provider: mesh.provider,
        gatewayName: gateway.name,
        ports: gateway.ports,
        further: gateways,
        clusterIds: [clusterId],
        loadBalancer,
        ...needs,
      }),
  };
}
