/*
 * What makes something in an account of Alibaba Cloud: "mesh-lanes/alibaba". It needs @pulumi/alicloud, which is 61 MB and takes
 * more than a second to load, and so is an optional peer dependency: whoever imports this installs it.
 */

export type { AckSpec, AsmEdition, AsmRole } from "../components/alibaba/values";
export { AckCluster, type AckClusterArgs } from "../components/cluster/ack";
export type { NewAckClusterArgs } from "../components/cluster/ack-new";
export { GatewayLoadBalancer, type GatewayLoadBalancerArgs } from "../components/gateway/gateway-load-balancer";
export { AsmMesh, type AsmMeshArgs, type AsmUser } from "../components/mesh/asm";
