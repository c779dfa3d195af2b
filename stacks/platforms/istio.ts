import { deploymentOf } from "../../config/gateway/deployment";
import { gatewayPods } from "../../config/gateway/gateway";
import type { IstioMeshConfig, StackConfig } from "../../config/stack";
import {
  ExistingGateway,
  ExistingIstioMesh,
  IngressGateway,
  IstioMesh,
  onCluster,
  type PreviousControlPlane,
  planeOf,
} from "../../library";
import type { StackEnvironment } from "../environment";
import type { Platform } from "./platform";
import type { StackCluster } from "./stack-cluster";

/** Upstream Istio on any cluster: its charts, and a gateway that is reached the way the cluster allows. */
export function istioPlatform(
  { kind, cluster }: StackCluster,
  mesh: IstioMeshConfig,
  { gateway, gateways }: StackConfig,
  environment: StackEnvironment,
): Platform {
  const { version, revision, charts = environment.charts } = mesh;
  const previous = mesh.previous && withCharts(mesh.previous, { version, charts }, environment);
  const istio = { version, revision, charts, ...(previous && { previous }) };
  const on = onCluster(cluster);
  return {
    kind,
    cluster,
    mesh: mesh.existing
      ? new ExistingIstioMesh("mesh", { revision }, on)
      : new IstioMesh("mesh", { ...istio, stockEnvoy: cluster.stockEnvoy, guard: cluster }, on),
    createGateway: (dependsOn) => {
      const { name: gatewayName, namespace, ports, existing, address } = gateway;
      const listeners = { gatewayName, namespace, ports, further: gateways };
      if (existing && address !== undefined) {
        const args = { ...listeners, address, account: existing.account, pods: gatewayPods(gateway) };
        return new ExistingGateway("gateway", args, { ...on, dependsOn });
      }
      const args = {
        ...planeOf(istio, namespace),
        ...listeners,
        access: cluster.access,
        deployment: deploymentOf(gateway),
      };
      return new IngressGateway("gateway", args, { ...on, dependsOn });
    },
  };
}

/** Charts of one version install no other: what the config does not name is the new one's of the same version, or the tool chain's. */
function withCharts(
  previous: PreviousControlPlane,
  { version, charts }: { readonly version: string; readonly charts?: string },
  { previousCharts }: StackEnvironment,
): PreviousControlPlane {
  const own = previous.charts ?? (previous.version === version ? charts : previousCharts);
  return { ...previous, ...(own !== undefined && { charts: own }) };
}
