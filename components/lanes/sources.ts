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

/** A version of a service that calls another within a strict lane. */
export interface StrictCaller {
  readonly service: LaneService;
  readonly version: string;
}

/** Who calls a service within a strict lane, in the order of the spec. */
export function strictCallers(group: LaneGroup, lane: Lane, service: string): readonly StrictCaller[] {
  return callersOf(group, service).flatMap((caller) => {
    const version = ownVersion(lane, caller);
    return version === undefined ? [] : [{ service: caller, version }];
  });
}
