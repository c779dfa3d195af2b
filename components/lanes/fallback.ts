import { versionOf } from "./plan";
import type { LaneGroup, LaneService } from "./spec";

/**
 * The lane whose pods answer when a lane's own of a service have no healthy endpoint: the baseline. Undefined when the lane
 * has none of its own, or when the baseline's are the same pods: under another name they would be no help.
 */
export function runtimeFallbackOf(group: LaneGroup, lane: string, service: LaneService): string | undefined {
  if (!service.fallback || lane === group.baseline) return undefined;
  const version = versionOf(group, lane, service.name);
  const baseline = group.baseline === undefined ? undefined : versionOf(group, group.baseline, service.name);
  return version !== undefined && baseline !== undefined && version !== baseline ? group.baseline : undefined;
}
