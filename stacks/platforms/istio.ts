import { onCluster } from "../../components/cluster/disposable";
import { IngressGateway } from "../../components/gateway/ingress-gateway";
import { ExistingIstioMesh } from "../../components/mesh/existing-istio";
import { IstioMesh } from "../../components/mesh/istio";
import type { IstioMeshConfig, StackConfig } from "../../config/stack";
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
  const istio = { version, revision, charts };
  const on = onCluster(cluster);
  return {
    kind,
    cluster,
    mesh: mesh.existing
      ? new ExistingIstioMesh("mesh", { revision }, on)
      : new IstioMesh("mesh", { ...istio, stockEnvoy: cluster.stockEnvoy }, on),
    createGateway: (dependsOn) => {
      const { name: gatewayName, namespace, ports } = gateway;
      const args = { ...istio, gatewayName, namespace, ports, further: gateways, access: cluster.access };
      return new IngressGateway("gateway", args, { ...on, dependsOn });
    },
  };
}
