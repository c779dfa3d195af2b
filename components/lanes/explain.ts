import { baggageMember, laneBaggage } from "./baggage";
import { preflightStatus } from "./entries/preflight";
import { type EntryRewrite, rewritten } from "./entries/rewrite";
import { pickHost } from "./hosts";
import { type EnvoyRequest, type LaneRequest, matches, takesAll, toEnvoyRequest } from "./matching";
import { afterPreflight, isPreflight, refusedPreflight, unansweredPreflight } from "./policy/cors/preflight";
import { corsWords } from "./policy/cors/words";
import { entryRulePolicy, serviceRulePolicy } from "./policy/effective";
import type { RoutePolicy } from "./policy/shape";
import { policyWords } from "./policy/words";
import { type DeclaredLanePort, declaredPorts } from "./ports";
import type { RepeatedHeaders } from "./repeated-headers";
import type { EntryOutcome, EntryRule, ServiceRule } from "./rule-shape";
import { entryRules, serviceRules, setStickyCookie } from "./rules";
import type { LaneGroup, LaneService } from "./spec";
import { type ExplainedUser, outcomesFor, userOf, whyUser } from "./users/explained";
import { hasOwnLabels, versionLabels } from "./version-labels";

/** One step of a request: who sent it, where it went, and by which rule. */
export interface ExplainedHop {
  /** `gateway` or the calling service. */
  readonly from: string;
  readonly service: string;
  /** Name of the route taken, as in the mesh (swimlanes of ASM name theirs themselves); undefined when there was none. */
  readonly rule: string | undefined;
  /** The lane whose version answers: the request's, or the baseline in its place. */
  readonly servedBy: string | undefined;
  readonly version: string | undefined;
  /**
   * `own` the version of the request's lane; `fallback` the baseline's in its place; `no-rule` the caller's version has no
   * rule, so that any version may answer. */
  readonly reason: "own" | "fallback" | "no-rule";
  /** How the request is treated on this hop, in words; none: as Istio does it. */
  readonly policy?: readonly string[];
  /** The service's declared ports, where there are several. The hop is as on `port`; on further ones routes have its number in their names. */
  readonly ports?: readonly DeclaredLanePort[];
  /** Labels of the pods that answer, of a service whose versions other labels tell than the group's one. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** One thing that may become of the request. */
export interface ExplainedOutcome {
  readonly lane: string;
  /** Percent of such requests. */
  readonly weight: number;
  /** `Set-Cookie` of the answer. */
  readonly setsCookie: string | undefined;
  /** The first is from the gateway; then each call along `calls`, breadth first, each pair of services once. */
  readonly hops: readonly ExplainedHop[];
}

export type Explanation =
  | {
      /** The gateway's own answer: 404 no rule fits, 400 Envoy takes it for no HTTP request. */
      readonly status: 404 | 400;
      /** Why, in words. */
      readonly why: string;
    }
  | {
      /** The gateway's own answer to a browser's preflight: 200 the origin is allowed, 403 it is not. It sets no cookie. */
      readonly status: 200 | 403;
      readonly group: string;
      readonly rule: string;
      readonly kind: "preflight";
      /** Why, in words, and what the browser does then. */
      readonly why: string;
      /** What pages of the origin may send, in words; none for 403. */
      readonly cors: readonly string[];
    }
  | {
      readonly status: "routed";
      readonly group: string;
      readonly rule: string;
      readonly kind: Exclude<EntryRule["kind"], "preflight">;
      /** Why, in words. */
      readonly why: string;
      /** Where weights are shares of users. */
      readonly user?: ExplainedUser;
      /** How the gateway changes the path, and what the service gets; undefined: it is sent on as it came. */
      readonly rewrite?: EntryRewrite;
      readonly path?: string;
      /** Their weights add up to 100. */
      readonly outcomes: readonly ExplainedOutcome[];
    };

export interface ExplainOptions {
  /** `namespace/name` of the Gateway that the request arrives at; default: the first of `gatewaysOf`. */
  readonly gateway?: string;
  /** How the proxies compare a header on several lines: `repeatedHeadersOf(version)`; default: as the newest do it. */
  readonly repeatedHeaders?: RepeatedHeaders;
}

/**
 * The path of one request through validated lane groups: the rule taken at the gateway and at each service, and why.
 * It follows the very rules that are rendered. It takes every version for healthy and every app for one that forwards
 * the trace header; groups that share a host are tried in the order given.
 */
export function explain(groups: readonly LaneGroup[], request: LaneRequest, options: ExplainOptions = {}): Explanation {
  const gateway = options.gateway ?? gatewaysOf(groups, request.host)[0];
  const sent = toEnvoyRequest(request, options.repeatedHeaders);
  if (sent.refusal !== undefined) return { status: 400, why: sent.refusal };
  const onHost = groupsOnHost(
    groups.filter((group) => group.entry.gateway === gateway),
    sent.authority,
  );
  if (onHost.length === 0) {
    return { status: 404, why: `no lane group of gateway ${gateway} has host ${sent.authority}` };
  }
  for (const { group, rule } of rulesOfHost(onHost)) {
    if (matches(rule.match, sent)) return explainRule(group, rule, sent);
  }
  const why = `no rule of ${onHost.map((group) => group.name).join(", ")} fits this request`;
  return { status: 404, why: isPreflight(sent) ? `${why}, ${unansweredPreflight}` : why };
}

/** A rule of the gateway and the group it is of. */
export interface RoutedRule {
  readonly group: LaneGroup;
  readonly rule: EntryRule;
}

/** What becomes of a request that takes this rule at the gateway. */
export function explainRule(group: LaneGroup, rule: EntryRule, sent: EnvoyRequest): Explanation {
  const user = userOf(rule, sent);
  const reason = user ? whyUser(user) : whyRule(rule);
  const lane = rule.route === undefined ? reason : `it is for ${rule.service.name}; ${reason}`;
  if (rule.kind === "preflight") {
    const after = rule.cors ? afterPreflight(rule.cors, sent) : refusedPreflight;
    const common = { group: group.name, rule: rule.name, kind: rule.kind, why: `${lane}, ${after}` };
    return { status: preflightStatus(rule), ...common, cors: rule.cors ? corsWords(rule.cors) : [] };
  }
  const outcomes = outcomesFor(rule.outcomes, user).map((outcome) => explainOutcome(group, rule, outcome, sent));
  const why = isPreflight(sent) ? `${lane}; it is ${unansweredPreflight}` : lane;
  const path = rule.rewrite && { rewrite: rule.rewrite, path: rewritten(rule.rewrite, sent.path) };
  return {
    status: "routed",
    group: group.name,
    rule: rule.name,
    kind: rule.kind,
    why,
    ...(user && { user }),
    ...path,
    outcomes,
  };
}

/**
 * The gateways that a request for a host can be meant for, the most likely first: those whose groups name the host best (the
 * exact name before a wildcard), else that of the first group.
 */
export function gatewaysOf(groups: readonly LaneGroup[], authority: string): string[] {
  const named = groupsOnHost(groups, authority);
  return [...new Set((named.length > 0 ? named : groups.slice(0, 1)).map((group) => group.entry.gateway))];
}

/** The groups whose rules a request for a host meets, of those that are at one gateway. */
export function groupsOnHost(groups: readonly LaneGroup[], authority: string): LaneGroup[] {
  const hosts = (group: LaneGroup) => group.entry.hosts.map((host) => host.toLowerCase());
  const host = pickHost(groups.flatMap(hosts), authority);
  return host === undefined ? [] : groups.filter((group) => hosts(group).includes(host));
}

/**
 * Rules of groups that share a host, in the order in which the gateway tries them: one group after the other, but what
 * takes any request comes last (SortVHostRoutes in istio/istio pilot/pkg/networking/core/route). Rules of a group after
 * such a one are never reached, and Istio leaves them out.
 */
export function rulesOfHost(groups: readonly LaneGroup[]): RoutedRule[] {
  const all = groups.flatMap((group) => {
    const rules = entryRules(group);
    const last = rules.findIndex((rule) => takesAll(rule.match));
    return (last < 0 ? rules : rules.slice(0, last + 1)).map((rule) => ({ group, rule }));
  });
  return [...all.filter(({ rule }) => !takesAll(rule.match)), ...all.filter(({ rule }) => takesAll(rule.match))];
}

function whyRule(rule: EntryRule): string {
  switch (rule.kind) {
    case "match":
      return `the request has what lane ${rule.lane} asks for`;
    case "cookie":
      return `the request's cookie keeps it in lane ${rule.lane}`;
    case "weights":
      return "nothing names a lane, so weights decide";
    case "unmatched":
      return `nothing names a lane, so it takes ${rule.lane}`;
    case "preflight":
      return "a browser asks what it may send";
    default:
      return rule.kind satisfies never;
  }
}

function explainOutcome(
  group: LaneGroup,
  rule: EntryRule,
  outcome: EntryOutcome,
  sent: EnvoyRequest,
): ExplainedOutcome {
  const first: ExplainedHop = {
    from: "gateway",
    service: rule.service.name,
    rule: rule.name,
    servedBy: outcome.servedBy,
    version: outcome.version,
    reason: outcome.servedBy === outcome.lane ? "own" : "fallback",
    ...inWords(entryRulePolicy(group, rule)),
    ...severalPorts(rule.service),
    ...ownLabels(group, rule.service, outcome.version),
  };
  return {
    lane: outcome.lane,
    weight: outcome.weight,
    setsCookie: rule.setsCookie ? setStickyCookie(group, outcome.lane) : undefined,
    hops: [first, ...callsAfter(group, first, propagatedLane(group, outcome.lane, sent))],
  };
}

/** The value of the route header at every hop, read from what the gateway made of the trace header. */
function propagatedLane(group: LaneGroup, lane: string, sent: EnvoyRequest): string | undefined {
  const key = group.routeHeader;
  if (key === undefined) return undefined;
  if (group.traceHeader !== "baggage") return lane;
  return baggageMember([laneBaggage(sent.headers.get("baggage") ?? [], key, lane)], key);
}

/** What is known of a group, which is never changed: many rules of large groups lead to the same calls. */
interface Known {
  readonly rules: Map<LaneService, RulesOfService>;
  readonly calls: Map<string, readonly ExplainedHop[]>;
}

/** Rules of a service in their order, and where those stand that a lane's header asks for: large groups have one for each lane. */
interface RulesOfService {
  readonly all: readonly ServiceRule[];
  /** Value of the header -> place of the first rule that asks for it. */
  readonly byHeader: ReadonlyMap<string, number>;
  /** Places of the rules that ask for no header. */
  readonly others: readonly number[];
}

const knownOf = new WeakMap<LaneGroup, Known>();

/** The calls that follow from how the entry service was reached. */
function callsAfter(group: LaneGroup, first: ExplainedHop, lane: string | undefined): readonly ExplainedHop[] {
  const known = knownOf.get(group) ?? { rules: new Map(), calls: new Map() };
  knownOf.set(group, known);
  const key = JSON.stringify([first.service, first.version, lane]);
  const rules = (service: LaneService): RulesOfService => {
    const found = known.rules.get(service) ?? rulesOfService(group, service);
    known.rules.set(service, found);
    return found;
  };
  const found = known.calls.get(key) ?? explainCalls(group, first, lane, rules);
  known.calls.set(key, found);
  return found;
}

function explainCalls(
  group: LaneGroup,
  first: ExplainedHop,
  lane: string | undefined,
  rules: (service: LaneService) => RulesOfService,
): ExplainedHop[] {
  const services = new Map(group.services.map((service) => [service.name, service]));
  const hops: ExplainedHop[] = [];
  const queue: ExplainedHop[] = [first];
  // Calls may go round in circles; within a lane a service calls the same way each time.
  const seen = new Set<string>();
  for (let caller = queue.shift(); caller; caller = queue.shift()) {
    if (seen.has(caller.service)) continue;
    seen.add(caller.service);
    for (const callee of services.get(caller.service)?.calls ?? []) {
      const service = services.get(callee);
      if (!service) continue;
      const hop = explainCall(group, caller, service, lane, rules);
      hops.push(hop);
      queue.push(hop);
    }
  }
  return hops;
}

function explainCall(
  group: LaneGroup,
  caller: ExplainedHop,
  service: LaneService,
  lane: string | undefined,
  rules: (service: LaneService) => RulesOfService,
): ExplainedHop {
  const rule = ruleTaken(rules(service), caller.version, lane);
  const common = { from: caller.service, service: service.name };
  const ports = severalPorts(service);
  if (!rule)
    return { ...common, rule: undefined, servedBy: undefined, version: undefined, reason: "no-rule", ...ports };
  const own = rule.when !== undefined || lane === undefined || rule.lane === lane;
  const policy = inWords(serviceRulePolicy(group, service, rule));
  const reason = own ? "own" : "fallback";
  const labels = ownLabels(group, service, rule.version);
  return {
    ...common,
    ...{ rule: rule.name, servedBy: rule.lane, version: rule.version, reason },
    ...{ ...policy, ...ports, ...labels },
  };
}

function inWords(policy: RoutePolicy): Pick<ExplainedHop, "policy"> {
  if (Object.keys(policy).length === 0) return {};
  const words = policyWords(policy);
  return words.length === 0 ? {} : { policy: words };
}

function ownLabels(group: LaneGroup, service: LaneService | undefined, version: string): Pick<ExplainedHop, "labels"> {
  return service && hasOwnLabels(group, service) ? { labels: versionLabels(group, service, version) } : {};
}

function severalPorts(service: LaneService | undefined): Pick<ExplainedHop, "ports"> {
  const ports = service ? declaredPorts(service) : [];
  return ports.length > 1 ? { ports } : {};
}

function rulesOfService(group: LaneGroup, service: LaneService): RulesOfService {
  const all = serviceRules(group, service);
  const byHeader = new Map<string, number>();
  const others: number[] = [];
  for (const [place, { when }] of all.entries()) {
    if (when?.kind !== "header") others.push(place);
    else if (!byHeader.has(when.value)) byHeader.set(when.value, place);
  }
  return { all, byHeader, others };
}

/** The first rule that holds. */
function ruleTaken(rules: RulesOfService, callerVersion: string | undefined, lane: string | undefined) {
  const { all, byHeader, others } = rules;
  const named = lane === undefined ? undefined : byHeader.get(lane);
  const other = others.find((place) => asksNoOther(all[place]?.when, callerVersion));
  const first = Math.min(named ?? all.length, other ?? all.length);
  return all[first];
}

/** Whether a rule that asks for no header holds for calls of a caller's version. */
function asksNoOther(when: ServiceRule["when"], callerVersion: string | undefined): boolean {
  return when?.kind !== "source" || when.callers.some(({ version }) => version === callerVersion);
}
