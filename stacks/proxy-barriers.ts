import type { Barrier, BarrierArgs } from "../components/lanes/barrier";
import { ProxySync } from "../components/mesh/proxy-sync";
import { istioNamespace } from "../components/mesh/root-namespace";
import type { LaneSecurityArgs } from "../components/security/lane-security";
import { securityGroup } from "../components/security/object";
import type { Platform } from "./platforms/platform";

/** Each step of a change waits until the proxies have the one before it. */
export function laneBarrier(platform: Platform): Barrier {
  return ({ stage, ...step }) =>
    proxySync(platform, `${step.group}-${stage}-acknowledged`, { ...step, name: `${step.group}/${stage}` });
}

/** Pods call each other when their proxies know that they may. */
export function securityBarrier(platform: Platform): NonNullable<LaneSecurityArgs["barrier"]> {
  return (step) => proxySync(platform, "security-acknowledged", { ...step, name: "security", group: securityGroup });
}

function proxySync(
  { cluster, settleSeconds }: Platform,
  resourceName: string,
  { parent, dependsOn, ...step }: Omit<BarrierArgs, "stage"> & { readonly name: string },
): ProxySync {
  const asked = settleSeconds === undefined ? { kubeconfig: cluster.kubeconfig } : { blindSeconds: settleSeconds };
  return new ProxySync(
    resourceName,
    { ...step, namespace: istioNamespace, ...asked },
    { parent, dependsOn, provider: cluster.processes },
  );
}
