import { isDeepStrictEqual } from "node:util";
import type { Lane, LaneGroup } from "../spec";
import type { Change } from "./change";

/**
 * The lanes of which an update changes anything between services: of hundreds most are not. In a permissive group a lane has its
 * own rules, so it is enough that these, the baseline's and the services are the same.
 */
export function touchedLanes(
  change: Change,
  lanes: readonly string[],
  pods?: { before: unknown; after: unknown },
): readonly string[] {
  if (change.before.mode === "strict" || change.after.mode === "strict") return lanes;
  if (
    !isDeepStrictEqual(frameOf(change.before), frameOf(change.after)) ||
    !isDeepStrictEqual(pods?.before, pods?.after)
  ) {
    return lanes;
  }
  const [old, now] = [versionsOf(change.before), versionsOf(change.after)];
  return lanes.filter((lane) => !old.has(lane) || !isDeepStrictEqual(old.get(lane), now.get(lane)));
}

function frameOf(group: LaneGroup): unknown {
  const baseline = group.lanes.find(({ name }) => name === group.baseline);
  return [group.services, group.routeHeader, group.traceHeader, group.versionLabel, baseline && versionsIn(baseline)];
}

function versionsOf({ lanes }: LaneGroup): ReadonlyMap<string, unknown> {
  return new Map(lanes.map((lane) => [lane.name, versionsIn(lane)]));
}

function versionsIn({ name, version, versions, services }: Lane): unknown {
  return [name, version, versions, services];
}
