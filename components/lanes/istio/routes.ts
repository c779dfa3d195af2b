import {
  type EntryOutcome,
  type EntryRule,
  entryRules,
  type ServiceRule,
  serviceRules,
  setStickyCookie,
} from "../rules";
import type { LaneGroup, LaneService, StringMatch } from "../spec";
import { objectMetadata, type RenderedObject, serviceHost } from "./object";

/** One VirtualService per service, for sidecars: fragments of one host do not merge there. */
export function renderServiceRoutes(group: LaneGroup): RenderedObject[] {
  return group.services.flatMap((service): RenderedObject[] => {
    const http = serviceRules(group, service).map((rule) => serviceRoute(group, service, rule));
    if (http.length === 0) return [];
    return [
      {
        stage: "service-routes",
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: objectMetadata(group, [service.name]),
        spec: { hosts: [serviceHost(service.name, group.namespace)], gateways: ["mesh"], http },
      },
    ];
  });
}

function serviceRoute(group: LaneGroup, service: LaneService, rule: ServiceRule): object {
  const match = rule.when && { match: sidecarMatch(group, rule.when) };
  return { name: rule.name, ...match, route: [{ destination: destination(group, service, rule.subset) }] };
}

function sidecarMatch(group: LaneGroup, when: NonNullable<ServiceRule["when"]>): object[] {
  switch (when.kind) {
    case "header":
      return [{ headers: { [when.header]: { exact: when.value } } }];
    case "source":
      return when.versions.map((version) => ({ sourceLabels: { [group.versionLabel]: version } }));
    default:
      return when satisfies never;
  }
}

/** The VirtualService of the gateway. */
export function renderEntryRoutes(group: LaneGroup): RenderedObject[] {
  const { entry } = group;
  return [
    {
      stage: "entry-routes",
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: objectMetadata(group, []),
      spec: {
        hosts: [...entry.hosts],
        gateways: [entry.gateway],
        http: entryRules(group).map((rule) => entryRoute(group, rule)),
      },
    },
  ];
}

function entryRoute(group: LaneGroup, rule: EntryRule): object {
  const service = entryService(group);
  const match = gatewayMatch(rule);
  return {
    name: rule.name,
    ...(Object.keys(match).length > 0 && { match: [match] }),
    route: rule.outcomes.map((outcome) => ({
      destination: destination(group, service, outcome.subset),
      ...(rule.kind === "weights" && { weight: outcome.weight }),
      ...headersOf(group, rule, outcome),
    })),
  };
}

function gatewayMatch({ match }: EntryRule): object {
  const headers = Object.entries(match.headers).map(([name, value]) => [name, istioMatch(value)] as const);
  const query = Object.entries(match.query).map(([name, value]) => [name, istioMatch(value)] as const);
  return {
    ...(match.path && { uri: istioMatch(match.path) }),
    ...(match.authority && { authority: istioMatch(match.authority) }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(query.length > 0 && { queryParams: Object.fromEntries(query) }),
  };
}

function istioMatch(match: StringMatch): Record<string, string> {
  return { [match.kind]: match.value };
}

function headersOf(group: LaneGroup, rule: EntryRule, outcome: EntryOutcome): object {
  const changes = laneHeaders(group, rule, outcome);
  const request = {
    ...(changes.set && { set: changes.set }),
    ...(changes.add && { add: changes.add }),
  };
  const headers = {
    ...(Object.keys(request).length > 0 && { request }),
    ...(changes.cookie !== undefined && { response: { add: { "set-cookie": changes.cookie } } }),
  };
  return Object.keys(headers).length > 0 ? { headers } : {};
}

/** What the gateway writes on a request that it puts into a lane, and on its answer. */
export interface LaneHeaders {
  readonly set?: Readonly<Record<string, string>>;
  readonly add?: Readonly<Record<string, string>>;
  readonly cookie?: string;
}

/**
 * Permissive lanes: the route header is overwritten, whatever a client sent; the baggage member is added as a line of its
 * own, after the gateway's filter has removed the client's. Lane names need no percent-encoding.
 */
export function laneHeaders(group: LaneGroup, rule: EntryRule, outcome: EntryOutcome): LaneHeaders {
  const header = group.routeHeader;
  return {
    ...(header !== undefined && { set: { [header]: outcome.lane } }),
    ...(header !== undefined && group.traceHeader === "baggage" && { add: { baggage: `${header}=${outcome.lane}` } }),
    ...(rule.setsCookie && { cookie: setStickyCookie(group, outcome.lane) }),
  };
}

function destination(group: LaneGroup, service: LaneService, subset: string): object {
  return { host: serviceHost(service.name, group.namespace), subset, port: { number: service.port } };
}

/** The service behind the gateway. Throws on a group that was not validated. */
export function entryService(group: LaneGroup): LaneService {
  const service = group.services.find((candidate) => candidate.name === group.entry.service);
  if (!service) throw new Error(`lane group ${group.name} has no service ${group.entry.service}`);
  return service;
}
