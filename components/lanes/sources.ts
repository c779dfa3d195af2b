import { ownVersion } from "./plan";
import type { Lane, LaneGroup, LaneService } from "./spec";

/** The services that call this one. A service that nobody declares to call may be called by any of the group. */
export function callersOf(group: LaneGroup, service: string): readonly LaneService[] {
  const callers = declaredCallersOf(group, service);
  return callers.length > 0 ? callers : group.services;
}

/** The services that declare to call this one. */
export function declaredCallersOf(group: LaneGroup, service: string): readonly LaneService[] {
  return group.services.filter((candidate) => candidate.calls.includes(service));
}

/** Version labels of the pods that call a service within a strict lane, each once, in the order of the spec. */
export function strictSources(group: LaneGroup, lane: Lane, service: string): readonly string[] {
  const versions = callersOf(group, service).flatMap((caller) => ownVersion(lane, caller) ?? []);
  return [...new Set(versions)];
}
