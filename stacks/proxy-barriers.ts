import { laneBarrier, type ProxiesArgs, securityBarrier } from "../library";
import type { Platform } from "./platforms/platform";

/** Each step of a change waits until the proxies have the one before it. */
export function stackBarrier(platform: Platform): ReturnType<typeof laneBarrier> {
  return laneBarrier(proxiesOf(platform));
}

/** Pods call each other when their proxies know that they may. */
export function stackSecurityBarrier(platform: Platform): ReturnType<typeof securityBarrier> {
  return securityBarrier(proxiesOf(platform));
}

function proxiesOf({ cluster, settleSeconds }: Platform): ProxiesArgs {
  const asked = settleSeconds === undefined ? { kubeconfig: cluster.kubeconfig } : { settleSeconds };
  return { processes: cluster.processes, ...asked };
}
