import type { Barrier } from "../components/lanes/barrier";
import { laneBarrier, type ProxiesArgs, proxySync } from "../components/mesh/lane-barrier";
import type { LaneSecurityArgs } from "../components/security/lane-security";
import { securityGroup } from "../components/security/object";
import type { Platform } from "./platforms/platform";

/** Each step of a change waits until the proxies have the one before it. */
export function stackBarrier(platform: Platform): Barrier {
  return laneBarrier(proxiesOf(platform));
}

/** Pods call each other when their proxies know that they may. */
export function securityBarrier(platform: Platform): NonNullable<LaneSecurityArgs["barrier"]> {
  return (step) =>
    proxySync(proxiesOf(platform), "security-acknowledged", { ...step, name: "security", group: securityGroup });
}

function proxiesOf({ cluster, settleSeconds }: Platform): ProxiesArgs {
  const asked = settleSeconds === undefined ? { kubeconfig: cluster.kubeconfig } : { settleSeconds };
  return { processes: cluster.processes, ...asked };
}
