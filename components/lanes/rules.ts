import { ownVersion } from "./plan";
import { strictSources } from "./sources";
import { isDraining, type Lane, type LaneGroup, type LaneService, reject, type StringMatch } from "./spec";
import { escapeRegex } from "./text-match/re2";

/*
 * Plan -> ordered routing rules, before any mesh's own words. `istio/` writes them down and `explain` follows them, so the
 * two cannot disagree. Rules are tried in order; the first whose conditions all hold is taken.
 */

/** Conditions of a rule at the gateway; all must hold. */
export interface RuleMatch {
  readonly headers: Readonly<Record<string, StringMatch>>;
  readonly query: Readonly<Record<string, StringMatch>>;
  readonly path?: StringMatch;
  /** Regex over the request's Host with its port. */
  readonly authority?: StringMatch;
}

/** Where a rule at the gateway sends a request. */
export interface EntryOutcome {
  readonly lane: string;
  /** Subset of the entry service: the lane's own, or the baseline's when the lane has none. */
  readonly subset: string;
  /** Percent; the outcomes of a rule add up to 100. */
  readonly weight: number;
}

export interface EntryRule {
  /** Name of the route, the same across promotions: `<group>/entry/<lane>`, `…/cookie`, or `<group>/entry` for the last. */
  readonly name: string;
  readonly kind: "match" | "cookie" | "weights" | "unmatched";
  /** Undefined for weights. */
  readonly lane?: string;
  readonly match: RuleMatch;
  readonly outcomes: readonly EntryOutcome[];
  /** Whether the answer tells the client its lane by the sticky cookie. */
  readonly setsCookie: boolean;
}

export interface ServiceRule {
  /** Name of the route, the same across promotions: `<group>/<service>/<lane>` or `<group>/<service>` for the last. */
  readonly name: string;
  readonly lane: string;
  readonly subset: string;
  /** Undefined: the rule takes every request. */
  readonly when?:
    | { readonly kind: "header"; readonly header: string; readonly value: string }
    | { readonly kind: "source"; readonly versions: readonly string[] };
}

/**
 * The header that tells a request's lane at every hop: the proxies write it for their access logs, and on answers where the
 * group asks for it. Nothing is routed by it.
 */
export const laneHeader = "x-mesh-lane";

/** The header of an answer that tells the version of the entry service; the pod's own sidecar writes it. */
export const versionHeader = "x-mesh-version";

/** The cookie that keeps a client in the lane that weights gave it. Its value is the lane's name. */
export function stickyCookie(group: LaneGroup): string {
  return `mesh-lane-${group.name}`;
}

/** `Set-Cookie` of a weighted rule: for the browser's session, out of reach of scripts. */
export function setStickyCookie(group: LaneGroup, lane: string): string {
  return `${stickyCookie(group)}=${lane}; Path=/; HttpOnly; SameSite=Lax`;
}

/**
 * Rules of the gateway: lanes with conditions in the order of the spec, then cookies, then weights or the rest. Whoever
 * names a lane by the entry's header gets it, whatever its weight.
 */
export function entryRules(group: LaneGroup): EntryRule[] {
  const { entry, lanes } = group;
  const path = entry.path && { path: entry.path };
  const none: RuleMatch = { headers: {}, query: {}, ...path };
  const rules: EntryRule[] = [];
  const add = (kind: EntryRule["kind"], suffix: string, lane: string, match: RuleMatch) =>
    rules.push({
      ...{ name: `${group.name}/entry${suffix}`, kind, lane, match, setsCookie: false },
      outcomes: [{ lane, subset: entrySubset(group, lane), weight: 100 }],
    });
  for (const lane of lanes) {
    const match = laneRuleMatch(group, lane);
    if (match) add("match", `/${lane.name}`, lane.name, match);
  }
  const weighted = lanes.filter((lane) => lane.weight !== undefined);
  if (weighted.length > 0) {
    // A lane of weight 0 takes nobody new and keeps those it has.
    for (const lane of entry.sticky ? weighted : []) {
      const cookie = cookieMatch(stickyCookie(group), { kind: "exact", value: lane.name });
      add("cookie", `/${lane.name}/cookie`, lane.name, { ...none, headers: { cookie } });
    }
    const outcomes = weighted.flatMap(({ name, weight = 0 }) =>
      weight > 0 ? [{ lane: name, subset: entrySubset(group, name), weight }] : [],
    );
    const name = `${group.name}/entry`;
    rules.push({ name, kind: "weights", match: none, outcomes, setsCookie: entry.sticky });
  } else if (entry.unmatched !== reject) {
    add("unmatched", "", entry.unmatched, none);
  }
  return rules;
}

/** Rules of one service: the lanes that override it, then the baseline. Strict groups may have no baseline. */
export function serviceRules(group: LaneGroup, service: LaneService): ServiceRule[] {
  const rules = group.lanes.flatMap((lane): ServiceRule[] => {
    // The baseline is the last rule; one more in front of it would only cost time.
    if (lane.name === group.baseline || ownVersion(lane, service) === undefined) return [];
    const when: ServiceRule["when"] =
      group.mode === "permissive"
        ? { kind: "header", header: group.routeHeader ?? "", value: lane.name }
        : { kind: "source", versions: strictSources(group, lane, service.name) };
    return [{ name: `${group.name}/${service.name}/${lane.name}`, lane: lane.name, subset: lane.name, when }];
  });
  const { baseline } = group;
  if (baseline === undefined) return rules;
  return [...rules, { name: `${group.name}/${service.name}`, lane: baseline, subset: baseline }];
}

function entrySubset(group: LaneGroup, laneName: string): string {
  const lane = group.lanes.find((candidate) => candidate.name === laneName);
  const service = group.services.find((candidate) => candidate.name === group.entry.service);
  const owns = lane && service && ownVersion(lane, service) !== undefined;
  return owns ? laneName : (group.baseline ?? laneName);
}

function laneRuleMatch({ entry }: LaneGroup, lane: Lane): RuleMatch | undefined {
  const { match } = lane;
  if (isDraining(lane)) return undefined;
  if (!match) {
    if (entry.header === undefined) return undefined;
    const value: StringMatch = { kind: "exact", value: lane.name };
    return { headers: { [entry.header]: value }, query: {}, ...(entry.path && { path: entry.path }) };
  }
  const path = match.path ?? entry.path;
  const cookies = Object.entries(match.cookies).map(([name, value]) => ["cookie", cookieMatch(name, value)] as const);
  return {
    headers: { ...match.headers, ...Object.fromEntries(cookies) },
    query: match.query,
    ...(path && { path }),
    ...(match.hosts.length > 0 && { authority: hostsMatch(match.hosts) }),
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
