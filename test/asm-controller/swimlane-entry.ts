import { isDeepStrictEqual } from "node:util";
import { type KubeObject, refused, rootNamespace } from "./objects";
import { groupLabel, type LaneDestination, type PatchedService, type RequestMatch } from "./swimlane-schemas";
import { type Lane, type Swimlanes, serviceHost, subsetOf } from "./swimlane-view";

/** Document 001: clients name a strict lane by this header, and ASM's own route at the gateway asks for it. */
const preferTag = "x-asm-prefer-tag";

/** The VirtualService at the gateway by which requests enter the lanes. None where no lane is entered so, as in document 000. */
export function swimlaneEntry(view: Swimlanes): KubeObject[] {
  const { group, spec } = view;
  const weighted = spec.ingress.ingressRouting?.ingressRoutingStrategy === "weighted";
  const { hosts, http } = weighted ? byWeight(view) : byRules(view);
  if (http.length === 0) return [];
  const { name, namespace } = spec.ingress.gateway;
  return [
    {
      apiVersion: "networking.istio.io/v1beta1",
      kind: "VirtualService",
      metadata: {
        name: `swimlane-ingress-vs-${group.metadata.name}`,
        namespace: rootNamespace,
        labels: { [groupLabel]: group.metadata.name },
      },
      spec: { hosts, gateways: [`${namespace}/${name}`], http },
    },
  ];
}

interface Entry {
  readonly hosts: readonly string[];
  readonly http: readonly object[];
}

/** Each lane's own rules. No document tells which lane's come first where a request fits two: the checks send none such. */
function byRules(view: Swimlanes): Entry {
  const rules = view.lanes.flatMap((lane) =>
    (lane.ingressRules ?? []).filter(({ online }) => online).map((rule) => ({ lane, rule })),
  );
  const [first] = rules;
  const other = rules.find(({ rule }) => !isDeepStrictEqual(rule.hosts, first?.rule.hosts));
  if (other) {
    const expected = "the hosts of the group's other rules";
    const got = other.rule.hosts.join(", ");
    throw refused(other.lane.object, { path: "spec.ingressRules.hosts", got, expected, fix: "Use the same ones." });
  }
  return {
    hosts: first?.rule.hosts ?? [],
    http: rules.map(({ lane, rule }) => ({
      match: [enteredBy(view, lane, rule.match)],
      route: [routeTo(view, lane, rule.route.destination)],
      ...serviceOf(view, lane, rule.route.destination.host).httpRoutePatch,
    })),
  };
}

/**
 * Strict: document 001 has ASM ask for the tag header beside the rule's own conditions, which in that document are a path. Whether it
 * still does where a rule asks for a header is not told; here it does, so that a group that relies on the opposite fails.
 * Permissive: nobody tells what writes the route header on a request that another condition lets in. So it must be the condition.
 */
function enteredBy({ permissive }: Swimlanes, lane: Lane, match: RequestMatch): RequestMatch {
  if (!permissive) return { ...match, headers: { ...match.headers, [preferTag]: { exact: lane.name } } };
  if (isDeepStrictEqual(match.headers?.[permissive.routeHeader], { exact: lane.name })) return match;
  const expected = `${permissive.routeHeader}: { exact: ${lane.name} } among them`;
  const got = JSON.stringify(match.headers ?? {});
  throw refused(lane.object, {
    ...{ path: "spec.ingressRules.match.headers", got, expected },
    fix: "Let clients name the lane in the route header, or enter by weight.",
  });
}

/** "Pass through baggage headers in traffic lanes" by weights. The gateway names the lane it took, as document 003 has it. */
function byWeight(view: Swimlanes): Entry {
  const { group, spec, permissive } = view;
  const rule = spec.ingress.ingressRouting?.weightedRoutingRule;
  if (rule === undefined || !permissive) {
    const got = permissive ? "no weightedRoutingRule" : "weights in strict mode";
    const expected = "permissive mode with a weightedRoutingRule";
    throw refused(group, { path: "spec.ingress.ingressRouting", got, expected, fix: "Write it so." });
  }
  const route = view.lanes.flatMap((lane) => {
    if (lane.ingressWeight === undefined) return [];
    const { destination, weight } = lane.ingressWeight;
    const set = { [permissive.routeHeader]: lane.name };
    return [{ ...routeTo(view, lane, destination), weight, headers: { request: { set } } }];
  });
  return { hosts: rule.hosts, http: [{ match: rule.requestMatches, route, ...weightedPatch(view) }] };
}

/** The patch of the one service that all weights lead to. One route has one patch. */
function weightedPatch(view: Swimlanes): PatchedService["httpRoutePatch"] {
  const [first, ...others] = view.lanes.flatMap((lane) =>
    lane.ingressWeight ? [{ lane, service: serviceOf(view, lane, lane.ingressWeight.destination.host) }] : [],
  );
  const other = others.find(({ service }) => !isDeepStrictEqual(service.httpRoutePatch, first?.service.httpRoutePatch));
  if (!other) return first?.service.httpRoutePatch;
  const got = `${other.service.name}, whose routes are patched in another way than those of ${first?.service.name}`;
  const expected = "weights that lead to one service, or to services that are patched alike";
  throw refused(other.lane.object, { path: "spec.ingressWeight.destination", got, expected, fix: "Name one service." });
}

/** The lane's pods of the service behind the gateway, or the baseline's, as between services. */
function routeTo(view: Swimlanes, lane: Lane, { host, portNum }: LaneDestination): object {
  const service = serviceOf(view, lane, host);
  const to = (subset: string) => ({ host, subset, ...(portNum !== undefined && { port: { number: portNum } }) });
  if (!view.permissive) return { destination: to(lane.name) };
  const baseline = subsetOf(view, service);
  const own = lane.services.some(({ name, namespace }) => name === service.name && namespace === service.namespace);
  if (!own || lane.name === baseline) return { destination: to(baseline) };
  return { destination: to(lane.name), fallback: { target: to(baseline) } };
}

function serviceOf({ spec }: Swimlanes, lane: Lane, host: string): PatchedService {
  const service = spec.services.find((candidate) => serviceHost(candidate) === host);
  if (service) return service;
  const expected = `one of ${spec.services.map(serviceHost).join(", ")}`;
  throw refused(lane.object, { path: "destination.host", got: host, expected, fix: "Name a service of the group." });
}
