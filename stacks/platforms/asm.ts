import { deploymentOf } from "../../config/gateway/deployment";
import type { AsmMeshConfig, StackConfig } from "../../config/stack";
import {
  AsmIngressGateway,
  type AsmLoadBalancer,
  type AsmNetworkLoadBalancer,
  ExistingAsmMesh,
  type Mesh,
  onApi,
  selectContext,
} from "../../library";
import type { AckCluster } from "../../library/alibaba";
import { UserError } from "../../tools/user-error";
import type { StackEnvironment } from "../environment";
import type { Platform } from "./platform";
import type { StackCluster } from "./stack-cluster";

/**
 * Alibaba Cloud Service Mesh (ASM): an instance and a load balancer that the stack makes in the account of its ACK cluster,
 * or ones that somebody else runs. The latter need no account, and do not load @pulumi/alicloud.
 */
export async function asmPlatform(
  on: StackCluster,
  meshConfig: AsmMeshConfig,
  config: StackConfig,
  environment: StackEnvironment,
): Promise<Platform> {
  const { kind, cluster } = on;
  const { gateway, gateways: further } = config;
  const mesh = meshConfig.existing
    ? createExistingMesh(meshConfig.existing, environment)
    : await createMesh(inAccount(on, "mesh.kubeconfig"), meshConfig, config);
  const loadBalancer = await chooseLoadBalancer(on, config);
  const clusterIds = [clusterId(on)];
  return {
    kind,
    cluster,
    mesh,
    settleSeconds: meshConfig.settleSeconds,
    createGateway: (dependsOn) => {
      const { name: gatewayName, ports, replicas } = gateway;
      const pods = { ...(typeof replicas === "number" && { replicas }), deployment: deploymentOf(gateway) };
      const args = { gatewayName, ports, further, clusterIds, cluster, loadBalancer, ...pods };
      return new AsmIngressGateway("gateway", args, { ...onApi(cluster, mesh.provider), dependsOn });
    },
  };
}

/** A cluster with an account in which the stack can make what belongs to it. */
type InAccount = Extract<StackCluster, { kind: "ack" }>;

/** @param missing key of the config that names an existing one, which the stack would make otherwise. */
function inAccount(on: StackCluster, missing: string): InAccount {
  if (on.kind === "ack") return on;
  throw unfit(missing, "nothing, and the stack has no account to make one in", "an existing one", on);
}

/** By which the mesh knows the cluster. */
function clusterId(on: StackCluster): AckCluster["identity"] | string {
  if (on.kind === "ack") return on.cluster.identity;
  if (on.kind === "existing" && on.config.id !== undefined) return on.config.id;
  throw unfit("cluster.id", "nothing", "the id by which the ASM instance knows the cluster", on);
}

function unfit(path: string, got: string, expected: string, { kind }: StackCluster): UserError {
  const fix = `Name it, or set cluster.kind to ack (it is ${kind}).`;
  return new UserError("ASM cannot run on this cluster.", [{ path, got, expected, fix }]);
}

async function createMesh(
  { cluster, config: { name, deletionProtection } }: InAccount,
  { version, edition, users, accessLogProject, traceSampling }: AsmMeshConfig,
  { laneGroups: groups }: StackConfig,
): Promise<Mesh> {
  const { AsmMesh } = await import("../../library/alibaba");
  const { alicloud, processes, identity: clusterId, kubeconfig: clusterKubeconfig, vpcId, switchId } = cluster;
  const place = { meshName: name, clusterId, clusterKubeconfig, vpcId, switchId, deletionProtection };
  const args = { ...place, version, edition, users, accessLogProject, traceSampling, groups };
  return new AsmMesh("mesh", args, { providers: [alicloud, processes] });
}

function createExistingMesh(
  { kubeconfig: file, context }: NonNullable<AsmMeshConfig["existing"]>,
  environment: StackEnvironment,
): Mesh {
  const read = environment.readKubeconfig(file, "mesh");
  return new ExistingAsmMesh("mesh", { kubeconfig: selectContext({ ...read, file, context, section: "mesh" }) });
}

/** One of somebody else, an NLB instance of the cluster's, or a new CLB instance. */
async function chooseLoadBalancer(
  on: StackCluster,
  { cluster, gateway: { loadBalancer } }: StackConfig,
): Promise<AsmLoadBalancer | AsmNetworkLoadBalancer> {
  if (loadBalancer?.kind === "nlb") {
    const zones = loadBalancer.zones ?? inAccount(on, "gateway.loadBalancer.zones").cluster.zoneSwitchIds;
    return { kind: "nlb", zones, loadBalancerName: `${cluster.name}-gateway` };
  }
  const { id, address, overrideListeners } = loadBalancer ?? {};
  if (id !== undefined && address !== undefined) return { id, address, overrideListeners };
  return createLoadBalancer(inAccount(on, "gateway.loadBalancer"));
}

async function createLoadBalancer({ cluster, config }: InAccount): Promise<AsmLoadBalancer> {
  const { GatewayLoadBalancer } = await import("../../library/alibaba");
  const { name, deletionProtection } = config;
  const args = { loadBalancerName: `${name}-gateway`, deletionProtection };
  return new GatewayLoadBalancer("load-balancer", args, { provider: cluster.alicloud });
}
