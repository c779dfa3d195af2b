import { renderConnect } from "../istio/filters";
import { laneHeaders, type RouteDialect, renderEntryRoutes, renderServiceRoutes } from "../istio/routes";
import { renderScope } from "../istio/scope";
import { renderSubsets } from "../istio/subsets";
import { renderVersionHeader } from "../istio/version-header";
import { type AsmObject, inNamespace, objectMetadata, type RenderedObject } from "../object";
import { laneHeader, versionHeader } from "../rules";
import { type LaneGroup, namespacesOf } from "../spec";
import { callerHeader, propagationOf } from "./propagation";

const asmDialect: RouteDialect = {
  apiVersion: "networking.istio.io/v1beta1",
  // ASM's access log has a format of its own, which this project does not set.
  logsLane: false,
  patchesCopies: false,
  callerMatch: (_, { version }) => ({ headers: { [callerHeader]: { exact: version } } }),
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

/** One for each namespace of the group. */
function renderPropagation(group: LaneGroup): AsmObject[] {
  const propagation = propagationOf(group);
  if (propagation === undefined) return [];
  return namespacesOf(group).map((namespace) => {
    const metadata = objectMetadata(inNamespace(group, namespace), []);
    const { kind, header } = propagation;
    switch (kind) {
      case "TrafficLabel":
        return {
          ...{ stage: "filters", apiVersion: "istio.alibabacloud.com/v1", kind, metadata },
          spec: { rules: [{ labels: [{ name: header, valueFrom: [propagation.from] }] }] },
        };
      case "ASMHeaderPropagation":
        return {
          ...{ stage: "filters", apiVersion: "istio.alibabacloud.com/v1beta1", kind, metadata },
          spec: { headers: [header] },
        };
      default:
        return kind satisfies never;
    }
  });
}
