import type { LaneGroup, LaneService } from "../spec";
import type { HeaderChanges, RoutePolicy } from "./shape";

/*
 * Which policy is in force where. A key of a service wins over the group's, one of the entry over both; changes of headers add up,
 * and of two for one header the nearer wins. Faults belong to one place, so that a request meets them once.
 */

/** Of a call between services. */
export function servicePolicy(group: LaneGroup, service: LaneService): RoutePolicy {
  return merged(group.policy ?? {}, service.policy ?? {});
}

/** Of a route of the gateway to a service. */
export function entryPolicy(group: LaneGroup, service: LaneService): RoutePolicy {
  // A fault of the service is met by the calls of other services; who enters meets that of the entry.
  const { fault: _inner, ...called } = service.policy ?? {};
  return merged(merged(group.policy ?? {}, called), group.entry.policy ?? {});
}

/** The policy for the requests of a lane, or of none: a fault may be for some lanes only. */
export function policyFor(policy: RoutePolicy, lanes: readonly string[]): RoutePolicy {
  const { fault, ...rest } = policy;
  if (fault === undefined || (fault.lanes && !lanes.every((lane) => fault.lanes?.includes(lane)))) return rest;
  return policy;
}

function merged(outer: RoutePolicy, inner: RoutePolicy): RoutePolicy {
  const request = mergedHeaders(outer.headers?.request, inner.headers?.request);
  const response = mergedHeaders(outer.headers?.response, inner.headers?.response);
  const headers = { ...(request && { request }), ...(response && { response }) };
  const { headers: _outer, ...outerRest } = outer;
  const { headers: _inner, ...innerRest } = inner;
  return { ...outerRest, ...innerRest, ...(Object.keys(headers).length > 0 && { headers }) };
}

function mergedHeaders(outer?: HeaderChanges, inner?: HeaderChanges): HeaderChanges | undefined {
  if (!outer || !inner) return inner ?? outer;
  const own = new Set(namesOf(inner));
  const left = (map: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(map).filter(([name]) => !own.has(name)));
  const set = { ...left(outer.set), ...inner.set };
  const add = { ...left(outer.add), ...inner.add };
  const remove = [...(outer.remove ?? []).filter((name) => !own.has(name)), ...(inner.remove ?? [])];
  return {
    ...(Object.keys(set).length > 0 && { set }),
    ...(Object.keys(add).length > 0 && { add }),
    ...(remove.length > 0 && { remove }),
  };
}

/** Names of the headers that are changed. */
export function namesOf({ set = {}, add = {}, remove = [] }: HeaderChanges): string[] {
  return [...Object.keys(set), ...Object.keys(add), ...remove];
}
