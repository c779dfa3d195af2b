import { entryRouteSchema } from "../../lanes/entries/route-shape";
import { covers, overlaps as hostsOverlap } from "../../lanes/hosts";
import type { EntryRoute, LaneGroupInput, StringMatch } from "../../lanes/spec";
import { overlaps } from "../../lanes/text-match/match";
import { validateLaneGroups } from "../../lanes/validate";
import { takesAllOf } from "../../lanes/validate/entry-routes";
import type { KubeService } from "../inventory";
import { type FoundEntry, nameOf } from "../routes";
import type { EntryRouteInput, GatewayRoute } from "./found";

/** A route of today that the proposal does not have, and why. */
export interface DroppedRoute {
  readonly found: GatewayRoute;
  readonly why: string;
}

export interface EntryProposal {
  readonly group: LaneGroupInput;
  /** All routes of the entry's gateways. */
  readonly looked: readonly GatewayRoute[];
  /** What it leads to as today, by `entry.routes` or by what fits none of them. */
  readonly taken: readonly GatewayRoute[];
  readonly dropped: readonly DroppedRoute[];
}

/** A service of the group, as far as a route can lead to it. */
export interface Target {
  readonly name: string;
  /** The port that lanes enter by. */
  readonly port: number;
  /** Whether the route names another Service, which has the same pods. */
  readonly alias: boolean;
}

interface Candidate {
  readonly found: GatewayRoute;
  readonly input: EntryRouteInput;
  readonly parsed: EntryRoute;
}

/**
 * The group with the routes that lead to others of its services today: those of the entry's gateways, in the order in which requests
 * meet them. What the check of lane groups refuses is left out, in its words.
 *
 * @param served hosts that the gateway of the group serves.
 * @param targetOf the service of the group that stands for one that was found.
 */
export function withEntryRoutes(
  group: LaneGroupInput,
  entry: FoundEntry,
  found: readonly GatewayRoute[],
  served: readonly string[],
  targetOf: (service: KubeService) => Target | undefined,
): EntryProposal {
  const dropped: DroppedRoute[] = [];
  const rest: GatewayRoute[] = [];
  const candidates: Candidate[] = [];
  const own = group.entry.hosts ?? ["*"];
  let hosts: readonly string[] = own;
  for (const routes of inOrder(found, entry, own)) {
    const more = hostsBeside(routes, own, hosts, served);
    const earlier: EntryRoute[] = [];
    const usable = routes.flatMap((route): Candidate[] => {
      const target = route.service && targetOf(route.service);
      const isEntry = target?.name === group.entry.service;
      const drop = (why: string): Candidate[] => {
        // What leads to the entry's service goes there without a route of its own too.
        if (isEntry) rest.push(withoutRoute(route));
        else dropped.push({ found: route, why });
        return [];
      };
      const input: EntryRouteInput = { service: target?.name ?? "", ...route.conditions };
      const parsed = parsedRoute(input);
      if (!parsed) return drop("no route of the entry has such a condition");
      const first = earlier.find((each) => takesAllOf(each, parsed, route.hosts));
      if (first && isEntry) return [];
      if (first) return drop("it is never reached: an earlier one of the same object takes all of its requests");
      if (route.unsayable.length === 0) earlier.push(parsed);
      if (!target)
        return drop(route.service ? `${route.service.name} is not in the lanes` : "no Service that was read is there");
      if (route.unsayable.length > 0) return drop(`a route of the entry has no ${route.unsayable.join(", ")}`);
      if (route.port !== undefined && route.port !== target.port && !target.alias)
        return drop(`it leads to port ${route.port}, and lanes enter ${target.name} at ${target.port}`);
      if (Object.keys(route.conditions.headers ?? {}).includes(group.entry.header ?? ""))
        return drop(`it asks for ${group.entry.header}, by which lanes are entered`);
      if ("why" in more) return drop(more.why);
      // Of an object's hosts a route may ask for one.
      const named = input.hosts ?? more.condition;
      const whole = {
        ...input,
        ...(named && { hosts: [...named] }),
        ...(route.rewrite !== undefined && { rewrite: route.rewrite }),
      };
      const again = parsedRoute(whole);
      return again ? [{ found: route, input: whole, parsed: again }] : [];
    });
    if ("why" in more || usable.length === 0) continue;
    // What is left of such a host would lead to the entry's service, where there is nothing today.
    if (more.added.length > 0 && !usable.some(({ found: { conditions } }) => Object.keys(conditions).length === 0)) {
      const why = `its host ${more.added[0]} is not one of the entry's, and not all of its requests lead to the group`;
      dropped.push(...usable.map((candidate) => ({ found: candidate.found, why })));
      continue;
    }
    candidates.push(...usable);
    if (more.added.length > 0) hosts = [...hosts, ...more.added];
  }
  const needed = candidates.filter(
    (one, index) =>
      one.input.service !== group.entry.service ||
      (isConditional(one.parsed) &&
        candidates
          .slice(index + 1)
          .some((later) => later.input.service !== group.entry.service && mayMeet(one.parsed, later.parsed))),
  );
  const kept = accepted(
    { ...group, entry: { ...group.entry, ...(hosts !== own && { hosts: [...hosts] }) } },
    needed,
    dropped,
  );
  const isDropped = ({ found: route }: Candidate) => dropped.some(({ found: each }) => each === route);
  const taken = candidates
    .filter((candidate) => !isDropped(candidate))
    .map((candidate) => (needed.includes(candidate) ? candidate.found : withoutRoute(candidate.found)));
  return { group: kept, looked: found, dropped, taken: [...taken, ...rest] };
}

/** A route to the entry's service that becomes none of the entry: of its conditions, the group has at most the path. */
function withoutRoute(route: GatewayRoute): GatewayRoute {
  const { path, ...conditions } = route.conditions;
  const lost = [...Object.keys(conditions), ...route.unsayable, ...(route.rewrite === undefined ? [] : ["rewrite"])];
  return { ...route, extras: [...lost, ...route.extras] };
}

/** Those of narrower hosts, which Envoy looks at alone; then the entry's own object; then others of the same hosts. */
function inOrder(found: readonly GatewayRoute[], entry: FoundEntry, own: readonly string[]): GatewayRoute[][] {
  const objects = [...new Set(found.map(({ object }) => object))];
  const all = objects.map((object) => found.filter((route) => route.object === object));
  const rank = ([first]: readonly GatewayRoute[]) => {
    if (!first) return [3, 0];
    if (nameOf(first.object) === entry.object) return [1, 0];
    if (sameHosts(first.hosts, own)) return [2, 0];
    return [0, -Math.min(...first.hosts.map((host) => (host.startsWith("*") ? host.length : host.length + 1000)))];
  };
  return all
    .map((routes) => ({ routes, rank: rank(routes) }))
    .sort((a, b) => (a.rank[0] ?? 0) - (b.rank[0] ?? 0) || (a.rank[1] ?? 0) - (b.rank[1] ?? 0))
    .map(({ routes }) => routes);
}

function sameHosts(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((host) => others.some((other) => other.toLowerCase() === host));
}

/** The hosts that routes of an object ask for, and those of them that the entry does not have yet; or why it cannot be. */
function hostsBeside(
  routes: readonly GatewayRoute[],
  own: readonly string[],
  hosts: readonly string[],
  served: readonly string[],
): { readonly condition?: readonly string[]; readonly added: readonly string[] } | { readonly why: string } {
  const theirs = [...new Set(routes[0]?.hosts ?? [])];
  if (theirs.length === 0) return { why: "none of its hosts can be one of an entry" };
  if (sameHosts(theirs, own)) return { added: [] };
  const wider = theirs.find((host) => hosts.some((own) => own.toLowerCase() !== host && covers(host, own)));
  if (wider !== undefined) return { why: `its host ${wider} takes in others of the entry` };
  const added = theirs.filter((host) => !hosts.some((own) => covers(own, host)));
  const clash = added.find((host) => added.some((other) => other !== host && covers(other, host)));
  if (clash !== undefined) return { why: `another of its hosts takes in ${clash}` };
  const unserved = added.find((host) => !served.some((pattern) => covers(pattern, host)));
  if (unserved !== undefined) return { why: `its host ${unserved} is none of the gateway that lanes come in by` };
  return { condition: theirs, added };
}

function parsedRoute(input: EntryRouteInput): EntryRoute | undefined {
  return entryRouteSchema.safeParse(input).data;
}

function isConditional({ path, method, hosts, headers, query }: EntryRoute): boolean {
  return (
    path !== undefined || method !== undefined || hosts.length > 0 || Object.keys({ ...headers, ...query }).length > 0
  );
}

/** Whether some request may fit both. */
function mayMeet(one: EntryRoute, other: EntryRoute): boolean {
  const both = (a: StringMatch | undefined, b: StringMatch | undefined) => !a || !b || overlaps(a, b);
  const hosts =
    one.hosts.length === 0 ||
    other.hosts.length === 0 ||
    one.hosts.some((host) => other.hosts.some((each) => hostsOverlap(host, each)));
  return hosts && both(one.path, other.path) && both(one.method, other.method);
}

/** The group with those routes that its check takes; the others are added to `dropped`. */
function accepted(group: LaneGroupInput, candidates: readonly Candidate[], dropped: DroppedRoute[]): LaneGroupInput {
  const left = named(candidates, group);
  for (;;) {
    const routes = left.map(({ input }) => input);
    const input = { ...group, entry: { ...group.entry, ...(routes.length > 0 && { routes }) } };
    const refused = validateLaneGroups([{ path: "group", input }]).flatMap(({ path, got }) => {
      const [, index] = /^group\.entry\.routes\[(\d+)\]/.exec(path) ?? [];
      return index === undefined ? [] : [{ index: Number(index), got }];
    });
    const [first] = refused;
    const candidate = first && left[first.index];
    if (!first || !candidate) return input;
    left.splice(first.index, 1);
    dropped.push({ found: candidate.found, why: first.got });
  }
}

/** Each with a name that no other has, and no lane. The first of a service has the service's, which is the default. */
function named(candidates: readonly Candidate[], { lanes }: LaneGroupInput): Candidate[] {
  const taken = new Set(lanes.map(({ name }) => name));
  return candidates.map((candidate) => {
    const { service } = candidate.input;
    let name = service;
    for (let number = 2; taken.has(name); number += 1) name = `${service.slice(0, 60)}-${number}`;
    taken.add(name);
    return name === service ? candidate : { ...candidate, input: { name, ...candidate.input } };
  });
}
