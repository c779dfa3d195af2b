import type { EntryRule, ServiceRule } from "../rule-shape";
import type { LaneGroup, LaneService } from "../spec";
import { withLaneHeaders } from "./cors/effective";
import { laneEntryPolicy, lanePolicy } from "./lanes";
import { mirrorOfBaseline, withoutMirror } from "./mirror/effective";
import type { HeaderChanges, RoutePolicy } from "./shape";

/*
 * Which policy is in force where. A key of a service wins over the group's, one of the entry over both, one of a route of the entry
 * over these, one of a lane over all; changes of headers add up, and of two for one header the nearer wins. Faults belong to one
 * place, so that a request meets them once. CORS belongs to the gateway, where browsers are.
 */

/** Of calls to a service, whatever their lane. */
export function servicePolicy(group: LaneGroup, service: LaneService): RoutePolicy {
  return withoutCors(merged(group.policy, service.policy));
}

/** Of requests that the gateway sends to a service, whatever their lane. */
export function entryPolicy(group: LaneGroup, service: LaneService): RoutePolicy {
  const policy = merged(merged(group.policy, withoutMirror(withoutFault(service.policy))), group.entry.policy);
  return policy.cors ? { ...policy, cors: withLaneHeaders(group, policy.cors) } : policy;
}

/** Of the requests that take a rule of a service. */
export function serviceRulePolicy(group: LaneGroup, service: LaneService, { lane }: Pick<ServiceRule, "lane">) {
  return merged(ofLanes(group, servicePolicy(group, service), [lane]), lanePolicy(group, lane));
}

/** Of the requests that take a rule of the gateway. */
export function entryRulePolicy(
  group: LaneGroup,
  { service, route, outcomes }: Pick<EntryRule, "service" | "route" | "outcomes">,
) {
  const ofRoute = route === undefined ? undefined : group.entry.routes.find(({ name }) => name === route)?.policy;
  const policy = ofLanes(
    group,
    merged(entryPolicy(group, service), ofRoute),
    outcomes.map(({ lane }) => lane),
  );
  return merged(policy, laneEntryPolicy(group, outcomes));
}

/** A fault may be for some lanes only, and the baseline's requests alone are copied. */
function ofLanes(group: LaneGroup, policy: RoutePolicy, lanes: readonly string[]): RoutePolicy {
  const only = policy.fault?.lanes;
  const met = only && !lanes.every((lane) => only.includes(lane)) ? withoutFault(policy) : policy;
  return mirrorOfBaseline(group, met, lanes);
}

/** A fault of a service is met by the calls of other services; who enters meets that of the entry. */
function withoutFault(policy: RoutePolicy = none): RoutePolicy {
  if (!policy.fault) return policy;
  const { fault: _met, ...rest } = policy;
  return rest;
}

function withoutCors(policy: RoutePolicy): RoutePolicy {
  if (!policy.cors) return policy;
  const { cors: _atTheGateway, ...rest } = policy;
  return rest;
}

/** Most groups have no policy, and large ones thousands of rules: there nothing is put together. */
const none: RoutePolicy = {};

function merged(outer: RoutePolicy = none, inner: RoutePolicy = none): RoutePolicy {
  if (outer === none) return inner;
  if (inner === none) return outer;
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
