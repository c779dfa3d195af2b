import { type GatewayPods, type IstioObject, objectMetadata, serviceHost, servicePodLabels } from "../object";
import type { LaneGroup } from "../spec";
import { deriveRouteHeaderLua, removeClientMemberLua } from "./lua";

type Context = "SIDECAR_OUTBOUND" | "GATEWAY";

/**
 * The two static filters of a permissive group whose apps forward baggage. They name hosts and a key, never a lane.
 * The sidecars' one covers callers in the group's namespace.
 */
export function renderPropagation(group: LaneGroup, gateway: GatewayPods): IstioObject[] {
  const key = group.routeHeader;
  if (key === undefined || group.traceHeader !== "baggage") return [];
  const hosts = group.services.flatMap(({ name, port }) =>
    [name, `${name}.${group.namespace}`, `${name}.${group.namespace}.svc`, serviceHost(name, group.namespace)].flatMap(
      (host) => [host, `${host}:${port}`],
    ),
  );
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

/**
 * Lets the sidecars of a service with `http2: upgrade` take WebSockets over HTTP/2, which is an extended CONNECT
 * (RFC 8441). Envoy refuses it by default, and the client gets 503; measured on Istio 1.29.
 */
export function renderConnect(group: LaneGroup): IstioObject[] {
  return group.services.flatMap((service): IstioObject[] => {
    if (service.http2 !== "upgrade") return [];
    return [
      {
        stage: "filters",
        apiVersion: "networking.istio.io/v1alpha3",
        kind: "EnvoyFilter",
        metadata: objectMetadata(group, ["http2", service.name, "connect"]),
        spec: { workloadSelector: { labels: servicePodLabels(service) }, configPatches: [connectPatch] },
      },
    ];
  });
}

const connectPatch = {
  applyTo: "NETWORK_FILTER",
  match: {
    context: "SIDECAR_INBOUND",
    listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
  },
  patch: {
    operation: "MERGE",
    value: {
      typed_config: {
        "@type":
          "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        http2_protocol_options: { allow_connect: true },
      },
    },
  },
};

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
