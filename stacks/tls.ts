import { gatewayPods } from "../config/gateway/gateway";
import type { StackConfig } from "../config/stack";
import { GatewayTls, onCluster } from "../library";
import type { Namespaces } from "./namespaces";
import type { Platform } from "./platforms/platform";

/** TLS secrets, beside the gateway's pods. */
export function createTls({ cluster, mesh }: Platform, namespaces: Namespaces, config: StackConfig): GatewayTls {
  const { namespace } = gatewayPods(config.gateway);
  return new GatewayTls(
    "gateway-tls",
    { namespace, secrets: config.tls },
    {
      ...onCluster(cluster),
      providers: [cluster.processes],
      dependsOn: [mesh.controlPlane, ...namespaces.of(config.gateway)],
    },
  );
}
