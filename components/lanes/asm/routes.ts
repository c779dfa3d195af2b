import { renderConnect } from "../istio/filters";
import { laneHeaders, type RouteDialect, renderEntryRoutes, renderServiceRoutes } from "../istio/routes";
import { renderScope } from "../istio/scope";
import { renderSubsets } from "../istio/subsets";
import { type AsmObject, type IstioObject, inNamespace, objectMetadata, type RenderedObject } from "../object";
import { laneHeader, serviceRules, versionHeader } from "../rules";
import { type LaneGroup, namespacesOf } from "../spec";
import { renderVersionHeader } from "./version-header";

/**
 * The header that tells a strict caller's version, as ASM's own TrafficLabel has it ("Use lanes for end-to-end canary
 * release"): ASM writes it on each request that leaves a pod, from the pod's label.
 */
const callerHeader = "asm-label";

const asmDialect: RouteDialect = {
  apiVersion: "networking.istio.io/v1beta1",
  // ASM's access log has a format of its own, which this project does not set.
  logsLane: false,
  callerMatch: (_, version) => ({ headers: { [callerHeader]: { exact: version } } }),
  // ASMHeaderPropagation takes the route header into baggage itself, and its pods tell their version unasked.
  laneHeaders: (group, rule, outcome) => {
    const { set = {}, ...headers } = laneHeaders(group, rule, outcome);
    const { [laneHeader]: _, [versionHeader]: __, baggage: ___, ...routing } = set;
    return { ...headers, ...(Object.keys(routing).length > 0 && { set: routing }) };
  },
  fallbackTo: (target) => ({ fallback: { target } }),
};

/** A group as routes, subsets and what tells the sidecars a request's lane. */
export function renderRoutes(group: LaneGroup): RenderedObject[] {
  return [
    ...renderSubsets(group, asmDialect.apiVersion),
    ...renderPropagation(group),
    ...renderConnect(group),
    ...renderVersionHeader(group),
    ...renderScope(group, asmDialect.apiVersion),
    ...renderServiceRoutes(group, asmDialect),
    ...renderEntryRoutes(group, asmDialect),
  ];
}

/** What gives requests between services the header that their routes match. */
function renderPropagation(group: LaneGroup): AsmObject[] {
  const { routeHeader, traceHeader } = group;
  // Callers need a label only where some rule asks for it.
  if (group.mode === "strict") return hasCallerRules(group) ? trafficLabels(group, callerHeader, podLabel(group)) : [];
  // Apps that forward the route header itself need no help.
  if (routeHeader === undefined || traceHeader === undefined || traceHeader === routeHeader) return [];
  if (traceHeader !== "baggage") return trafficLabels(group, routeHeader, headerOfTrace(traceHeader, routeHeader));
  return inNamespaces(group, (metadata) => ({
    ...{ stage: "filters", apiVersion: "istio.alibabacloud.com/v1beta1", kind: "ASMHeaderPropagation" },
    metadata,
    spec: { headers: [routeHeader] },
  }));
}

export function hasCallerRules(group: LaneGroup): boolean {
  return group.services.some((service) => serviceRules(group, service).some((rule) => rule.when?.kind === "source"));
}

function trafficLabels(group: LaneGroup, name: string, value: string): AsmObject[] {
  return inNamespaces(group, (metadata) => ({
    ...{ stage: "filters", apiVersion: "istio.alibabacloud.com/v1", kind: "TrafficLabel" },
    metadata,
    spec: { rules: [{ labels: [{ name, valueFrom: [value] }] }] },
  }));
}

/** What tells the pods of a namespace a request's lane, in each namespace of the group. */
function inNamespaces(group: LaneGroup, object: (metadata: IstioObject["metadata"]) => AsmObject): AsmObject[] {
  return namespacesOf(group).map((namespace) => object(objectMetadata(inNamespace(group, namespace), [])));
}

/** "Label traffic": the value of a label of the pod that sends the request. */
function podLabel({ versionLabel }: LaneGroup): string {
  return `$getLabel(${versionLabel})`;
}

/** "Label traffic": a header of the request that came in with the same trace id. */
function headerOfTrace(traceId: string, header: string): string {
  return `$getExternalInboundRequestHeader(${traceId}, ${header})`;
}
