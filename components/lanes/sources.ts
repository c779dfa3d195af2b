import { laneNamed, ownVersion } from "./plan";
import type { Lane, LaneGroup, LaneService } from "./spec";
import { callerLabels } from "./version-labels";

/** The services that call this one. A service that nobody declares to call may be called by any of the group. */
export function callersOf(group: LaneGroup, service: string): readonly LaneService[] {
  const callers = declaredCallersOf(group, service);
  return callers.length > 0 ? callers : group.services;
}

/** The services that declare to call this one. */
export function declaredCallersOf(group: LaneGroup, service: string): readonly LaneService[] {
  return group.services.filter((candidate) => candidate.calls.includes(service));
}

/** Pods that call a service within a strict lane, and the labels by which a route knows them. */
export interface StrictCaller {
  readonly service: string;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Who calls a service within a strict lane: labels of their pods, each once, in the order of the spec. */
export function strictCallers(group: LaneGroup, lane: Lane, service: string): readonly StrictCaller[] {
  const callers = callersOf(group, service).flatMap((caller): StrictCaller[] => {
    const version = ownVersion(lane, caller);
    return version === undefined
      ? []
      : [{ service: caller.name, version, labels: callerLabels(group, caller, version) }];
  });
  return [...new Map(callers.map((caller) => [JSON.stringify(caller.labels), caller])).values()];
}

/** {@link strictCallers} by the lane's name. */
export function strictCallersOf(group: LaneGroup, lane: string, service: string): readonly StrictCaller[] {
  const found = laneNamed(group, lane);
  return found ? strictCallers(group, found, service) : [];
}

/** Their versions, each once. */
export function strictSources(group: LaneGroup, lane: Lane, service: string): readonly string[] {
  return [...new Set(strictCallers(group, lane, service).map(({ version }) => version))];
}
