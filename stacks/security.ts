import { log, type ProviderResource } from "@pulumi/pulumi";
import { onApi, onCluster } from "../components/cluster/disposable";
import type { Gateway } from "../components/gateway/gateway";
import { type LiveObject, stackLabel } from "../components/live/object";
import { observedObjects } from "../components/live/watch";
import { istioNamespace } from "../components/mesh/root-namespace";
import { allowedCalls } from "../components/security/calls";
import { LaneSecurity } from "../components/security/lane-security";
import { gatewayPods } from "../config/gateway/gateway";
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
      barrier: securityBarrier(platform),
    },
    {
      ...onCluster(cluster),
      ...onApi(cluster, mesh.provider),
      dependsOn: [mesh.controlPlane, ...namespaces.all()],
    },
  );
}

const workloadKinds = "deployments.apps,statefulsets.apps,daemonsets.apps";

/** Names in preview whom the policies of whole namespaces hold for besides the stack. */
async function warnOfOthers(
  provider: ProviderResource,
  namespaces: readonly string[],
  config: StackConfig,
): Promise<void> {
  const { mtls, authorization, networkPolicies } = config.security;
  if (mtls !== "strict" && !authorization && !networkPolicies) return;
  // That a cluster does not answer is for the objects to say which are compared with it.
  const cluster = await observedObjects(provider)?.catch(() => undefined);
  if (!cluster) return;
  for (const namespace of namespaces) {
    const found = await cluster.inNamespace(workloadKinds, namespace).catch(() => []);
    const warning = cutOff(namespace, found, config);
    if (warning !== undefined) await log.warn(warning);
  }
}

/** @param found workloads of a namespace that the stack secures as a whole. */
export function cutOff(
  namespace: string,
  found: readonly LiveObject[],
  { laneGroups }: Pick<StackConfig, "laneGroups">,
): string | undefined {
  const ours = new Set(
    laneGroups
      .flatMap(({ services }) => services)
      .filter((service) => service.namespace === namespace)
      .map(({ name }) => name),
  );
  const others = found.filter(({ labels }) => labels[stackLabel] === undefined && !ours.has(labels.app ?? ""));
  if (others.length === 0) return undefined;
  const names = others.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  return (
    `The policies of this stack hold for all of namespace ${namespace}, and so for workloads of others: ${names}. Calls to and from ` +
    "them that no rule allows are refused. Name them in mesh-lanes:allow, or turn mesh-lanes:security off, or move your workloads."
  );
}
