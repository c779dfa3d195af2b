import { stickyCookie } from "./entries/cookie";
import { joinConditions } from "./entries/join";
import { type EntryPart, entryParts } from "./entries/parts";
import { type Preflight, preflightsOf } from "./entries/preflight";
import { rewriteOf } from "./entries/rewrite";
import { ownVersion, versionOf } from "./plan";
import { entryPolicy } from "./policy/effective";
import { routeNameAt } from "./ports";
import type { EntryOutcome, EntryRule, RuleMatch, ServiceRule } from "./rule-shape";
import { strictCallers } from "./sources";
import {
  isDraining,
  type Lane,
  type LaneGroup,
  type LaneMatch,
  type LaneService,
  reject,
  type StringMatch,
} from "./spec";
import { escapeRegex } from "./text-match/re2";
import { placesOf, rangesOf } from "./users/places";

/*
 * Plan -> ordered routing rules, before any mesh's own words. `istio/` writes them down and `explain` follows them, so the
 * two cannot disagree. Rules are tried in order; the first whose conditions all hold is taken.
 */

export { setStickyCookie, stickyCookie } from "./entries/cookie";
export { laneHeader, versionHeader } from "./lane-headers";

/**
 * Rules of the gateway: for each route of the entry, and last for the rest, preflights where there is a policy of CORS, lanes
 * with conditions in the order of the spec, then cookies, then weights or what is left. Whoever names a lane by the entry's
 * header gets it, whatever its weight. The lane is decided in the same way for all of them, so a client keeps it whatever service its request is for.
 */
export function entryRules(group: LaneGroup): EntryRule[] {
  return entryParts(group).flatMap((part) => partRules(group, part));
}

function partRules(group: LaneGroup, part: EntryPart): EntryRule[] {
  const { entry, lanes } = group;
  const rules: EntryRule[] = [];
  const rewrite = part.route && rewriteOf(part.route);
  const common = {
    service: part.service,
    ...(part.route && { route: part.route.name }),
    ...(rewrite && { rewrite }),
  };
  const all = askedBy(part, noConditions, entry.path) ?? noConditions;
  const add = (kind: EntryRule["kind"], suffix: string, lane: string, asked: LaneMatch, match = ruleMatch(asked)) =>
    rules.push({
      ...{ name: `${part.name}${suffix}`, kind, lane, ...common, match, asked, setsCookie: false },
      outcomes: outcomes(group, part.service, lane, 100),
    });
  for (const lane of lanes) {
    laneConditions(group, lane).forEach((conditions, index) => {
      const asked = askedBy(part, conditions, entry.path);
      if (asked) add("match", `/${lane.name}${index > 0 ? `/${index + 1}` : ""}`, lane.name, asked);
    });
  }
  const weighted = lanes.filter((lane) => lane.weight !== undefined);
  if (weighted.length > 0) {
    // A lane of weight 0 takes nobody new and keeps those it has.
    for (const lane of entry.sticky ? weighted : []) {
      const cookie = cookieMatch(stickyCookie(group), { kind: "exact", value: lane.name });
      const match = ruleMatch(all);
      add("cookie", `/${lane.name}/cookie`, lane.name, all, { ...match, headers: { ...match.headers, cookie } });
    }
    const setsCookie = entry.sticky !== false;
    rules.push({
      name: part.name,
      kind: "weights",
      ...common,
      match: ruleMatch(all),
      asked: all,
      outcomes: weighted.flatMap(({ name, weight = 0 }) =>
        weight > 0 ? outcomes(group, part.service, name, weight) : [],
      ),
      setsCookie,
      ...(entry.user && { users: { source: entry.user, ranges: rangesOf(placesOf(group)) } }),
    });
  } else if (entry.unmatched !== reject) {
    add("unmatched", "", entry.unmatched, all);
  }
  return [...preflightRules(group, part, rules), ...rules];
}

/** In front of the rules of a part, since they may ask for what a preflight never has: cookies and headers of the page's own. */
function preflightRules(group: LaneGroup, part: EntryPart, rules: readonly EntryRule[]): EntryRule[] {
  const { cors } = entryPolicy(group, part.service);
  if (!cors) return [];
  const toRule = ({ suffix, asked, cors: policy }: Preflight): EntryRule => ({
    ...{ name: `${part.name}${suffix}`, kind: "preflight", service: part.service, asked, match: ruleMatch(asked) },
    ...(part.route && { route: part.route.name }),
    ...(policy && { cors: policy }),
    ...{ outcomes: [], setsCookie: false },
  });
  return preflightsOf(
    part,
    rules.map(({ asked }) => asked),
    cors,
  ).map(toRule);
}

/** Rules of one service: the lanes that override it, then the baseline. Strict groups may have no baseline. */
export function serviceRules(group: LaneGroup, service: LaneService): ServiceRule[] {
  const rules = group.lanes.flatMap((lane): ServiceRule[] => {
    const version = ownVersion(lane, service);
    // The baseline is the last rule; one more in front of it would only cost time.
    if (lane.name === group.baseline || version === undefined) return [];
    const when: ServiceRule["when"] =
      group.mode === "permissive"
        ? { kind: "header", header: group.routeHeader ?? "", value: lane.name }
        : { kind: "source", callers: strictCallers(group, lane, service.name) };
    return [{ name: `${group.name}/${service.name}/${lane.name}`, lane: lane.name, version, when }];
  });
  const { baseline } = group;
  const version = baseline === undefined ? undefined : versionOf(group, baseline, service.name);
  if (baseline === undefined || version === undefined) return rules;
  return [...rules, { name: `${group.name}/${service.name}`, lane: baseline, version }];
}

/** The same rules as they stand on one of the service's ports: under another name on each. */
export function serviceRulesAt(group: LaneGroup, service: LaneService, port: number): ServiceRule[] {
  return serviceRules(group, service).map((rule) => ({ ...rule, name: routeNameAt(rule.name, service, port) }));
}

/** One, by the lane's own version or else the baseline's. None where there is neither, which `validateLaneGroup` refuses. */
function outcomes(group: LaneGroup, service: LaneService, lane: string, weight: number): EntryOutcome[] {
  const [first] = [lane, group.baseline ?? lane].flatMap((servedBy): EntryOutcome[] => {
    const version = versionOf(group, servedBy, service.name);
    return version === undefined ? [] : [{ lane, servedBy, version, weight }];
  });
  return first ? [first] : [];
}

const noConditions: LaneMatch = { headers: {}, cookies: {}, query: {}, hosts: [] };

/** Conditions of which any leads into the lane; none: only weights do, or it takes what is left. */
export function laneConditions({ entry }: LaneGroup, lane: Lane): readonly LaneMatch[] {
  if (isDraining(lane)) return [];
  if (lane.match.length > 0 || entry.header === undefined) return lane.match;
  return [{ ...noConditions, headers: { [entry.header]: { kind: "exact", value: lane.name } } }];
}

/** What a request must have to come into a lane by one part of the entry; undefined: no request can. */
function askedBy(
  { route }: EntryPart,
  conditions: LaneMatch,
  entryPath: StringMatch | undefined,
): LaneMatch | undefined {
  if (route) {
    const joined = joinConditions(route, conditions);
    // Conditions of which neither implies the other are refused by `validateEntryRoutes`.
    return "match" in joined ? joined.match : undefined;
  }
  const path = conditions.path ?? entryPath;
  return { ...conditions, ...(path && { path }) };
}

function ruleMatch({ headers, cookies, query, path, method, hosts }: LaneMatch): RuleMatch {
  const cookie = Object.entries(cookies).map(([name, value]) => ["cookie", cookieMatch(name, value)] as const);
  return {
    headers: { ...headers, ...Object.fromEntries(cookie) },
    query,
    ...(path && { path }),
    ...(method && { method }),
    ...(hosts.length > 0 && { authority: hostsMatch(hosts) }),
  };
}

/** One whole cookie of the Cookie header: `x-lane=v2` holds neither `lane=v2` nor `x-lane=v20`. */
function cookieMatch(name: string, value: StringMatch): StringMatch {
  const rest = value.kind === "prefix" ? "[^;]*" : " *";
  return { kind: "regex", value: `(.*; *)?${escapeRegex(`${name}=${value.value}`)}${rest}(;.*)?` };
}

/** Host names without regard to case, with or without a port. */
function hostsMatch(hosts: readonly string[]): StringMatch {
  const names = hosts.map((host) => {
    if (host === "*") return ".*";
    return host.startsWith("*.") ? `[^:]+${escapeRegex(host.slice(1))}` : escapeRegex(host);
  });
  return { kind: "regex", value: `(?i)(${names.join("|")})(:[0-9]+)?` };
}
