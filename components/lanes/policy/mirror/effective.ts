import type { LaneGroup } from "../../spec";
import type { RoutePolicy } from "../shape";

/*
 * Requests of the baseline are copied, so a mirror is on the routes that lead to it alone. Like a fault it belongs to one place:
 * a service's is met by the calls of other services, the entry's by who enters.
 */

/** A route's policy without copies of what other lanes' requests are among. */
export function mirrorOfBaseline({ baseline }: LaneGroup, policy: RoutePolicy, lanes: readonly string[]): RoutePolicy {
  if (!policy.mirror) return policy;
  return lanes.length > 0 && lanes.every((lane) => lane === baseline) ? policy : withoutMirror(policy);
}

export function withoutMirror(policy: RoutePolicy): RoutePolicy {
  if (!policy.mirror) return policy;
  const { mirror: _copied, ...rest } = policy;
  return rest;
}
