import { onApi, onCluster } from "../components/cluster/disposable";
import type { Gateway } from "../components/gateway/gateway";
import { istioNamespace } from "../components/mesh/root-namespace";
import { allowedCalls } from "../components/security/calls";
import { LaneSecurity } from "../components/security/lane-security";
import { isLeftAlone } from "../config/ownership/namespaces";
import type { StackConfig } from "../config/stack";
import { type Namespaces, workloadNamespaces } from "./namespaces";
import type { Platform } from "./platforms/platform";
import { securityBarrier } from "./proxy-barriers";

/** Who may call whom in the namespaces of workloads. */
export function createSecurity(
  platform: Platform,
  namespaces: Namespaces,
  gateway: Gateway,
  config: StackConfig,
): LaneSecurity {
  const { cluster, mesh } = platform;
  const { laneGroups, workloads, allow, security } = config;
  const own = workloadNamespaces(config).filter((name) => !isLeftAlone(config, name));
  const pods = workloads.filter(({ namespace }) => isLeftAlone(config, namespace));
  const gatewayPods = { namespace: config.gateway.namespace, account: gateway.account, labels: gateway.selector };
  return new LaneSecurity(
    "security",
    {
      ...security,
      mesh: mesh.kind,
      networkProvider: cluster.provider,
      namespaces: own,
      pods: pods.map(({ namespace, name }) => ({ namespace, service: name, labels: { app: name } })),
      calls: allowedCalls({ laneGroups, workloads, allow, gateway: gatewayPods }),
      gateway: gatewayPods,
      controlPlane: { namespace: istioNamespace, labels: { app: "istiod" } },
      barrier: securityBarrier(platform),
    },
    {
      ...onCluster(cluster),
      ...onApi(cluster, mesh.provider),
      dependsOn: [mesh.controlPlane, ...namespaces.all()],
    },
  );
}
