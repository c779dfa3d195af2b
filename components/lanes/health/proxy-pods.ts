import { selects } from "../labels";
import type { LaneService } from "../spec";
import type { PodFact } from "./facts";
import { type GroupView, membersOf } from "./view";

/** Pods whose proxies a lane group's requests go through. */
export interface ProxyPods {
  /** Undefined: the gateway. */
  readonly service: LaneService | undefined;
  /** Whose, in words: `of cart`, `of the gateway`. */
  readonly whose: string;
  readonly pods: readonly PodFact[];
}

/** Those of each service, then those of the gateway. */
export function proxyPods(view: GroupView): ProxyPods[] {
  return [
    ...view.group.services.map((service) => ({
      service,
      whose: `of ${service.name}`,
      pods: membersOf(view, service).pods,
    })),
    { service: undefined, whose: "of the gateway", pods: gatewayPods(view) },
  ];
}

function gatewayPods({ facts, gateway }: GroupView): readonly PodFact[] {
  return facts.pods.filter((pod) => pod.namespace === gateway.namespace && selects(gateway.labels, pod.labels));
}
