import type { Change } from "../report";
import type { DiffSide } from "../sides";
import { change } from "./change";

/** Namespaces whose pods get proxies of another control plane, or of another version of it: each pod is made again for that. */
export function proxyChanges(before: DiffSide, { planes: now = {} }: DiffSide): Change[] {
  const { planes: old = {} } = before;
  return Object.entries(now).flatMap(([namespace, plane]): Change[] => {
    const was = old[namespace];
    if (was === undefined || was === plane) return [];
    const text = `pods of namespace ${namespace} are made again with proxies of control plane ${plane}, not ${was}: open sockets end with the drain of their pod${drains(before, namespace)}`;
    return [change("drain", "care", null, text)];
  });
}

/** How long pods of a namespace drain, as far as it is known: the pods that stop are those of before. */
function drains({ workloads, gatewayDrain }: DiffSide, namespace: string): string {
  const ofWorkloads = workloads
    .filter((workload) => workload.namespace === namespace)
    .flatMap(({ versions, pods }) => versions.map((version) => pods?.of(version).drainSeconds));
  const ofGateway = gatewayDrain?.namespace === namespace ? gatewayDrain.seconds : undefined;
  const seconds = [...ofWorkloads, ofGateway].filter((each) => each !== undefined);
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  if (seconds.length === 0) return "";
  return least === most ? ` (${least} s)` : ` (${least} to ${most} s)`;
}
