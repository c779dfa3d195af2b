import { versionOf } from "./plan";
import type { LaneGroup, LaneService } from "./spec";

/** Versions of a service: a lane's own, and the one that answers when that has no healthy endpoint. */
export interface RuntimeFallback {
  readonly own: string;
  readonly standIn: string;
}

/**
 * What stands in for a lane's version of a service: the baseline's. Undefined when the lane has none of its own, or when the
 * baseline's are the same pods: under another name they would be no help.
 */
export function runtimeFallbackOf(group: LaneGroup, lane: string, service: LaneService): RuntimeFallback | undefined {
  if (!service.fallback || lane === group.baseline) return undefined;
  const own = versionOf(group, lane, service.name);
  const standIn = group.baseline === undefined ? undefined : versionOf(group, group.baseline, service.name);
  return own !== undefined && standIn !== undefined && own !== standIn ? { own, standIn } : undefined;
}
