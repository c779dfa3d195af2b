import { type GatewayPods, type IstioObject, inNamespace, objectMetadata, type Stage } from "../object";
import type { LaneGroup } from "../spec";

/* The parts of EnvoyFilters that patch routes of a lane group: where they are, and what Istio has no field for. */

export const contexts = ["SIDECAR_OUTBOUND", "GATEWAY"] as const;
export type Context = (typeof contexts)[number];

/** Where a filter is, and on which of the pods there. */
export interface Place {
  readonly namespace: string;
  /** What the names of its objects have in front. */
  readonly parts: readonly string[];
  readonly spec: object;
}

export function atGateway(gateway: GatewayPods, parts: readonly string[]): Place {
  return {
    namespace: gateway.namespace,
    parts: ["entry", ...parts],
    spec: { workloadSelector: { labels: { ...gateway.labels } } },
  };
}

export function filterAt(
  group: LaneGroup,
  stage: Stage,
  { namespace, parts, spec }: Place,
  more: readonly string[],
  configPatches: readonly object[],
  lane?: string,
): IstioObject {
  return {
    ...{ stage, apiVersion: "networking.istio.io/v1alpha3", kind: "EnvoyFilter" },
    metadata: objectMetadata(inNamespace(group, namespace), [...parts, ...more], lane),
    spec: { ...spec, configPatches },
  };
}

/** Merged into the route of a name. A merge appends to lists. */
export function routePatch(context: Context, name: string, route: object): object {
  return {
    applyTo: "HTTP_ROUTE",
    match: { context, routeConfiguration: { vhost: { route: { name } } } },
    patch: { operation: "MERGE", value: { route } },
  };
}

/** As Envoy writes a header. */
export function header(key: string, value: string, append_action: string): object {
  return { header: { key, value }, append_action };
}
