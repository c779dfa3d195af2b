import { ownVersion } from "../plan";
import type { Lane, LaneGroup } from "../spec";
import type { Problems } from "../validate/problems";
import type { LanePolicy } from "./shape";

/*
 * A lane's own policy is on the routes that are the lane's alone: those of the services of which it has a version, and at the gateway
 * those that its conditions lead to. By weight the gateway chooses a lane after it has the route, so a lane with a weight has none
 * there: its requests by weight and those by header or cookie would be treated otherwise.
 */

const known = new WeakMap<LaneGroup, ReadonlyMap<string, LanePolicy>>();

function policiesOf(group: LaneGroup): ReadonlyMap<string, LanePolicy> {
  const found =
    known.get(group) ?? new Map(group.lanes.flatMap(({ name, policy }) => (policy ? [[name, policy] as const] : [])));
  known.set(group, found);
  return found;
}

/** On the lane's routes between services. */
export function lanePolicy(group: LaneGroup, lane: string): LanePolicy | undefined {
  return policiesOf(group).get(lane);
}

/** On a route of the gateway; its outcomes tell whose it is. */
export function laneEntryPolicy(
  group: LaneGroup,
  outcomes: readonly { readonly lane: string }[],
): LanePolicy | undefined {
  const [only, ...others] = outcomes;
  if (!only || others.length > 0) return undefined;
  const policy = lanePolicy(group, only.lane);
  return policy && reachesGateway(group.lanes.find(({ name }) => name === only.lane)) ? policy : undefined;
}

/** Whether a lane's policy is at the gateway, too. */
export function reachesGateway(lane: Lane | undefined): boolean {
  return lane !== undefined && lane.weight === undefined;
}

/** A policy that no request would meet, or that others would meet as well. */
export function validateLanePolicies(problems: Problems, at: string, group: LaneGroup): void {
  group.lanes.forEach((lane, index) => {
    if (!lane.policy) return;
    const path = `${at}.lanes[${index}].policy`;
    if (lane.name === group.baseline) {
      const got = `lane ${lane.name} is the baseline, whose routes other lanes take too`;
      const fix = "Put it on the group, a service or the entry; a lane's own policy wins over these.";
      problems.add(path, got, "a lane with routes of its own", fix);
      return;
    }
    const called = new Set(group.services.flatMap(({ calls }) => calls));
    const own = group.services.filter((service) => called.has(service.name) && ownVersion(lane, service) !== undefined);
    if (own.length > 0 || reachesGateway(lane)) return;
    const got = `lane ${lane.name} has no version of a service that others call, and by weight no route at the gateway`;
    const fix = "Put the policy on the entry, or enter the lane by a header or a match alone.";
    problems.add(path, got, "a lane with a route of its own", fix);
  });
}
