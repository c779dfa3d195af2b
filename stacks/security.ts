import { log, type ProviderResource } from "@pulumi/pulumi";
import { gatewayPods } from "../config/gateway/gateway";
import { isLeftAlone, workloadNamespaces } from "../config/ownership/namespaces";
import type { StackConfig } from "../config/stack";
import {
  allowedCalls,
  foreignWorkloads,
  type Gateway,
  istioNamespace,
  LaneSecurity,
  onApi,
  onCluster,
} from "../library";
import type { Namespaces } from "./namespaces";
import type { Platform } from "./platforms/platform";
import { stackSecurityBarrier } from "./proxy-barriers";

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
  if (!cluster.disposable) void warnOfOthers(cluster.provider, own, config);
  const caller = { ...gatewayPods(config.gateway), account: gateway.account };
  return new LaneSecurity(
    "security",
    {
      ...security,
      mesh: mesh.kind,
      networkProvider: cluster.provider,
      namespaces: own,
      pods: pods.map(({ namespace, name }) => ({ namespace, service: name, labels: { app: name } })),
      calls: allowedCalls({ laneGroups, workloads, allow, gateway: caller }),
      gateway: caller,
      controlPlane: { namespace: istioNamespace, labels: { app: "istiod" } },
      barrier: stackSecurityBarrier(platform),
    },
    {
      ...onCluster(cluster),
      ...onApi(cluster, mesh.provider),
      dependsOn: [mesh.controlPlane, ...namespaces.all()],
    },
  );
}

/** Names in preview whom the policies of whole namespaces hold for besides the stack. */
async function warnOfOthers(
  provider: ProviderResource,
  namespaces: readonly string[],
  { laneGroups, security: { mtls, authorization, networkPolicies } }: StackConfig,
): Promise<void> {
  if (mtls !== "strict" && !authorization && !networkPolicies) return;
  for (const { namespace, workloads } of await foreignWorkloads(provider, namespaces, laneGroups)) {
    await log.warn(
      `The policies of this stack hold for all of namespace ${namespace}, and so for workloads of others: ${workloads.join(", ")}. Calls to and from ` +
        "them that no rule allows are refused. Name them in mesh-lanes:allow, or turn mesh-lanes:security off, or move your workloads.",
    );
  }
}
