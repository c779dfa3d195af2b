import type { LaneGroup } from "../spec";
import { deriveRouteHeaderLua, removeClientMemberLua } from "./lua";
import { type GatewayPods, objectMetadata, type RenderedObject, serviceHost } from "./object";

type Context = "SIDECAR_OUTBOUND" | "GATEWAY";

/**
 * The two static filters of a permissive group whose apps forward baggage. They name hosts and a key, never a lane.
 * The sidecars' one covers callers in the group's namespace.
 */
export function renderPropagation(group: LaneGroup, gateway: GatewayPods): RenderedObject[] {
  const key = group.routeHeader;
  if (key === undefined || group.traceHeader !== "baggage") return [];
  const hosts = group.services.flatMap(({ name }) => [
    ...[name, `${name}.${group.namespace}`, `${name}.${group.namespace}.svc`],
    serviceHost(name, group.namespace),
  ]);
  return [
    {
      stage: "filters",
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: objectMetadata(group, []),
      spec: { configPatches: [luaPatch(group, "SIDECAR_OUTBOUND", deriveRouteHeaderLua({ key, hosts }))] },
    },
    {
      stage: "filters",
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: {
        ...objectMetadata(group, ["entry", "client", "baggage"]),
        namespace: gateway.namespace,
      },
      spec: {
        workloadSelector: { labels: { ...gateway.labels } },
        configPatches: [luaPatch(group, "GATEWAY", removeClientMemberLua({ key, hosts: group.entry.hosts }))],
      },
    },
  ];
}

function luaPatch(group: LaneGroup, context: Context, source: string): object {
  return {
    applyTo: "HTTP_FILTER",
    match: {
      context,
      listener: {
        filterChain: {
          filter: {
            name: "envoy.filters.network.http_connection_manager",
            subFilter: { name: "envoy.filters.http.router" },
          },
        },
      },
    },
    patch: {
      operation: "INSERT_BEFORE",
      value: {
        name: `mesh-lanes.${group.name}`,
        typed_config: {
          "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
          default_source_code: { inline_string: source },
        },
      },
    },
  };
}
