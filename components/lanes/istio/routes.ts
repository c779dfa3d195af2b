import { preflightStatus } from "../entries/preflight";
import { istioRewrite } from "../entries/rewrite";
import { runtimeFallbackOf } from "../fallback";
import {
  type IstioObject,
  inNamespace,
  lanesAnnotation,
  objectMetadata,
  type RoutingApi,
  serviceHost,
} from "../object";
import { versionOf } from "../plan";
import { corsPolicy } from "../policy/cors/istio";
import { entryRulePolicy, serviceRulePolicy } from "../policy/effective";
import { withPolicy } from "../policy/istio";
import type { RoutePolicy } from "../policy/shape";
import { byPort } from "../ports";
import type { EntryOutcome, EntryRule, ServiceRule } from "../rule-shape";
import { entryRules, laneHeader, serviceRulesAt, setStickyCookie, versionHeader } from "../rules";
import type { StrictCaller } from "../sources";
import type { LaneGroup, LaneService, StringMatch } from "../spec";
import { subsetName } from "../subset";
import { callerLabels, versionKeys } from "../version-labels";
import { clientBaggage } from "./lua";
import { needsVersionHeader } from "./version-header";

/** What a mesh with Istio's routing API writes in its own way. */
export interface RouteDialect {
  readonly apiVersion: RoutingApi;
  /** Whether the routes between services write the lane on requests, for the access logs of the mesh. */
  readonly logsLane: boolean;
  /** From this number of lane rules on, requests of no lane have a route in front of them. Undefined: never. */
  readonly shortcutFrom?: number;
  /** A strict rule's condition: the caller is a pod of this version. */
  callerMatch(group: LaneGroup, caller: StrictCaller): object;
  /** What the gateway writes on a request that it puts into a lane, and on its answer. */
  laneHeaders(group: LaneGroup, rule: EntryRule, outcome: EntryOutcome): LaneHeaders;
  /** Whether the gateway's routes have their copies by a patch, which keeps them in their lane: `copies.ts`. Else by a mirror. */
  readonly patchesCopies: boolean;
  /** What stands beside a destination whose pods may be down. Istio has no field for it: see `fallback.ts`. */
  fallbackTo?(target: Destination): object;
}

const istioDialect: RouteDialect = {
  apiVersion: "networking.istio.io/v1",
  logsLane: true,
  shortcutFrom: 10,
  patchesCopies: true,
  callerMatch: (group, { service, version }) => ({ sourceLabels: callerLabels(group, service, version) }),
  laneHeaders,
};

/** One VirtualService per service, for sidecars: fragments of one host do not merge there. */
export function renderServiceRoutes(group: LaneGroup, dialect: RouteDialect = istioDialect): IstioObject[] {
  return group.services.flatMap((service): IstioObject[] => {
    const http = byPort(service).flatMap((atPort) => portRoutes(group, service, atPort, dialect));
    if (http.length === 0) return [];
    return [
      {
        stage: "service-routes",
        apiVersion: dialect.apiVersion,
        kind: "VirtualService",
        metadata: objectMetadata(inNamespace(group, service.namespace), [service.name]),
        spec: {
          ...{ hosts: [serviceHost(service, group)], gateways: ["mesh"] },
          http,
        },
      },
    ];
  });
}

/** The routes of one port. @param atPort the service with that port as its `port`. */
function portRoutes(group: LaneGroup, service: LaneService, atPort: LaneService, dialect: RouteDialect): object[] {
  const rules = serviceRulesAt(group, service, atPort.port);
  const shortcut = baselineShortcut(group, atPort, rules, dialect);
  return [...(shortcut ? [shortcut] : []), ...rules.map((rule) => serviceRoute(group, atPort, rule, dialect))];
}

/**
 * The last rule's route once more, in front, for the requests that no lane's rule can match: those without the route header,
 * or with the baseline's name in it. Envoy tries routes in order, and a proxy that does not do this all day long has none of
 * them in its caches: with 99 in front of the baseline's, a request cost its sidecar 28 µs more, of 420 (issue 4).
 * A request in a lane gains too, since the proxy looks for a route once before the header is derived from baggage.
 */
function baselineShortcut(
  group: LaneGroup,
  service: LaneService,
  rules: readonly ServiceRule[],
  dialect: RouteDialect,
): object | undefined {
  const { routeHeader, baseline } = group;
  const laneRules = rules.filter(({ when }) => when?.kind === "header").length;
  const last = rules.at(-1);
  if (routeHeader === undefined || baseline === undefined || last === undefined) return undefined;
  if (dialect.shortcutFrom === undefined || laneRules < dialect.shortcutFrom) return undefined;
  const when: ServiceRule["when"] = { kind: "header", header: routeHeader, value: baseline };
  const { match, ...route } = serviceRoute(group, service, { ...last, when }, dialect);
  const withoutLane = { port: service.port, withoutHeaders: { [routeHeader]: {} } };
  return { ...route, match: [withoutLane, ...match] };
}

interface ServiceRoute {
  readonly name: string;
  readonly match: readonly object[];
  readonly route: readonly object[];
}

function serviceRoute(group: LaneGroup, service: LaneService, rule: ServiceRule, dialect: RouteDialect): ServiceRoute {
  const policy = serviceRulePolicy(group, service, rule);
  return withMirror(group, service, policy, withPolicy(laneRoute(group, service, rule, dialect), policy));
}

function laneRoute(group: LaneGroup, service: LaneService, rule: ServiceRule, dialect: RouteDialect): ServiceRoute {
  // Each rule names the port. On the Service's other ports no route is left, and there Istio makes what it makes for a
  // Service without a VirtualService; without the port, it would send them all to this one.
  const conditions = rule.when ? sidecarMatch(group, rule.when, dialect) : [{}];
  const match = { match: conditions.map((condition) => ({ ...condition, port: service.port })) };
  const to = target(group, service, rule, dialect);
  if (!dialect.logsLane) return { name: rule.name, ...match, route: [to] };
  const lane = (value: string) => ({ headers: { request: { set: { [laneHeader]: value } } } });
  if (rule.when || group.routeHeader === undefined) {
    return { name: rule.name, ...match, route: [{ ...to, ...lane(rule.lane) }] };
  }
  // The last rule takes what other lanes do not override, too. Envoy leaves out a value that comes to nothing, so a request
  // without a lane keeps the baseline's name, which is written first.
  return {
    ...{ name: rule.name, ...match, ...lane(rule.lane) },
    route: [{ ...to, ...lane(`%REQ(${group.routeHeader})%`) }],
  };
}

function sidecarMatch(group: LaneGroup, when: NonNullable<ServiceRule["when"]>, dialect: RouteDialect): object[] {
  switch (when.kind) {
    case "header":
      return [{ headers: { [when.header]: { exact: when.value } } }];
    case "source": {
      // Of several services the same labels may tell the version.
      const matches = when.callers.map((caller) => dialect.callerMatch(group, caller));
      return [...new Map(matches.map((match) => [JSON.stringify(match), match])).values()];
    }
    default:
      return when satisfies never;
  }
}

/** The VirtualService of the gateway. */
export function renderEntryRoutes(group: LaneGroup, dialect: RouteDialect = istioDialect): IstioObject[] {
  const { entry } = group;
  return [
    {
      stage: "entry-routes",
      apiVersion: dialect.apiVersion,
      kind: "VirtualService",
      metadata: {
        ...objectMetadata(group, []),
        annotations: { [lanesAnnotation]: group.lanes.map(({ name }) => name).join(",") },
      },
      spec: {
        hosts: [...entry.hosts],
        gateways: [entry.gateway],
        http: entryRules(group).map((rule) => entryRoute(group, rule, dialect)),
      },
    },
  ];
}

/**
 * A browser's preflight. Envoy's filter for CORS answers it where the route leads to a service and the origin is allowed, which
 * the conditions see to; so the service, all of its pods, is never asked. It looks at no route that answers by itself
 * (cors_filter.cc of envoyproxy/envoy), and so what is left is refused by one.
 */
function preflightRoute(group: LaneGroup, rule: EntryRule): object {
  const { service } = rule;
  const to = { destination: { host: serviceHost(service, group), port: { number: service.port } } };
  const answer = rule.cors
    ? { corsPolicy: corsPolicy(rule.cors), route: [to] }
    : { directResponse: { status: preflightStatus(rule) } };
  return { name: rule.name, match: [gatewayMatch(rule)], ...answer };
}

function entryRoute(group: LaneGroup, rule: EntryRule, dialect: RouteDialect): object {
  if (rule.kind === "preflight") return preflightRoute(group, rule);
  const { service } = rule;
  const match = gatewayMatch(rule);
  const route = {
    name: rule.name,
    ...(Object.keys(match).length > 0 && { match: [match] }),
    ...(rule.rewrite && { rewrite: istioRewrite(rule.rewrite, rule.match.path) }),
    route: rule.outcomes.flatMap((outcome) => {
      const to = {
        ...target(group, service, { lane: outcome.servedBy, version: outcome.version }, dialect),
        ...(rule.kind === "weights" && { weight: outcome.weight }),
      };
      const destination = { ...to, ...headersOf(dialect.laneHeaders(group, rule, outcome)) };
      if (dialect.fallbackTo || !isList(group, rule) || rule.outcomes.length > 1) return [destination];
      return [1, 2].map(() => ({ ...destination, weight: 50 }));
    }),
  };
  const policy = entryRulePolicy(group, rule);
  const treated = withPolicy(route, policy);
  return dialect.patchesCopies ? treated : withMirror(group, service, policy, treated);
}

/** Where the copies go, beside where the requests do. */
function withMirror<Route extends object>(
  group: LaneGroup,
  service: LaneService,
  { mirror }: RoutePolicy,
  route: Route,
): Route {
  const version = mirror && versionOf(group, mirror.lane, service.name);
  // A lane without a version of its own is refused by `validateMirrors`.
  if (!mirror || version === undefined) return route;
  return { ...route, mirror: destination(group, service, version), mirrorPercentage: { value: mirror.percent } };
}

/**
 * Whether a rule's destinations are a list in Envoy, however many there are: of a rule whose lanes change while its name stays,
 * in a group whose fallback or whose shares of users patch it. The route and the patch are two objects, so for a moment a gateway
 * has one of before and the other of after. A list that is patched is the patch's alone, with the headers of its lanes. Headers
 * of a single destination Istio writes at the route, where they hold for whatever a patch puts below: requests went to one
 * lane's pods with the name of another (16 of 7,734 in a rollout). Istio makes a single destination of a list of one, and of one beside others of weight 0.
 */
export function isList(group: LaneGroup, { kind, users }: EntryRule): boolean {
  return users !== undefined || (group.mode === "permissive" && (kind === "weights" || kind === "unmatched"));
}

/** Conditions of a rule at the gateway in Istio's words; no conditions give an empty object. */
export function gatewayMatch({ match }: EntryRule): object {
  const headers = Object.entries(match.headers).map(([name, value]) => [name, istioMatch(value)] as const);
  const query = Object.entries(match.query).map(([name, value]) => [name, istioMatch(value)] as const);
  return {
    ...(match.path && { uri: istioMatch(match.path) }),
    ...(match.method && { method: istioMatch(match.method) }),
    ...(match.authority && { authority: istioMatch(match.authority) }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(query.length > 0 && { queryParams: Object.fromEntries(query) }),
  };
}

function istioMatch(match: StringMatch): Record<string, string> {
  return { [match.kind]: match.value };
}

function headersOf({ set, cookie, answer }: LaneHeaders): object {
  const request = set && { set };
  const response = {
    ...(answer && { set: answer }),
    ...(cookie !== undefined && { add: { "set-cookie": cookie } }),
  };
  const headers = {
    ...(request && { request }),
    ...(Object.keys(response).length > 0 && { response }),
  };
  return Object.keys(headers).length > 0 ? { headers } : {};
}

/** What the gateway writes on a request that it puts into a lane, and on its answer. */
export interface LaneHeaders {
  readonly set?: Readonly<Record<string, string>>;
  readonly cookie?: string;
  /** Headers of the answer, overwritten whatever the service sent. */
  readonly answer?: Readonly<Record<string, string>>;
}

/**
 * Permissive lanes: the route header is overwritten, whatever a client sent, and so is baggage: the lane's member first,
 * then what the gateway's filter has kept of the client's. Without that filter the client's is gone, but never the lane.
 * Lane names need no percent-encoding.
 */
export function laneHeaders(group: LaneGroup, rule: EntryRule, outcome: EntryOutcome): LaneHeaders {
  const header = group.routeHeader;
  const { service } = rule;
  const asks = group.responseHeaders && !needsVersionHeader(service);
  const client = `%DYNAMIC_METADATA(${clientBaggage.namespace}:${clientBaggage.key})%`;
  return {
    set: {
      [laneHeader]: outcome.lane,
      ...(header !== undefined && { [header]: outcome.lane }),
      ...(header !== undefined && group.traceHeader === "baggage" && { baggage: `${header}=${outcome.lane}${client}` }),
      // Asks the pod for the value of this label of its own.
      ...(asks && { [versionHeader]: versionKeys(group, service).join() }),
    },
    ...(rule.setsCookie && { cookie: setStickyCookie(group, outcome.lane) }),
    ...(group.responseHeaders && { answer: { [laneHeader]: outcome.lane } }),
  };
}

/** Where a route leads, in Istio's words. */
export interface Destination {
  readonly host: string;
  readonly subset: string;
  readonly port: { readonly number: number };
}

/** @param served the version that answers, and whose it is. */
function target(
  group: LaneGroup,
  service: LaneService,
  { lane, version }: Pick<ServiceRule, "lane" | "version">,
  dialect: RouteDialect,
): object {
  const fallback = dialect.fallbackTo && runtimeFallbackOf(group, lane, service);
  return {
    destination: destination(group, service, version),
    ...(fallback !== undefined && dialect.fallbackTo?.(destination(group, service, fallback.standIn))),
  };
}

function destination(group: LaneGroup, service: LaneService, version: string): Destination {
  return { host: serviceHost(service, group), subset: subsetName(version), port: { number: service.port } };
}
