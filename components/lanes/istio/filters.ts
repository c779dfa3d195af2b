import {
  type GatewayPods,
  type IstioObject,
  inNamespace,
  objectMetadata,
  serviceHost,
  servicePodLabels,
} from "../object";
import { byPort } from "../ports";
import { entryRules } from "../rules";
import { type LaneGroup, namespacesOf } from "../spec";
import { withClientBaggage, withRouteHeader } from "./proxy-filters";

/**
 * What a permissive group whose apps forward baggage tells the proxies' filters: its key, on its services' virtual hosts
 * and on its routes at the gateway. The sidecars' part covers callers in the namespaces of its services. By the virtual host a call
 * keeps its lane however its Host is written: short, in full, with a dot at the end, or as the Service's address.
 */
export function renderPropagation(group: LaneGroup, gateway: GatewayPods): IstioObject[] {
  const key = group.routeHeader;
  if (key === undefined || group.traceHeader !== "baggage") return [];
  return [
    ...namespacesOf(group).map(
      (namespace): IstioObject => ({
        stage: "filters",
        apiVersion: "networking.istio.io/v1alpha3",
        kind: "EnvoyFilter",
        metadata: objectMetadata(inNamespace(group, namespace), []),
        spec: {
          configPatches: group.services.flatMap(byPort).map((service) => ({
            applyTo: "VIRTUAL_HOST",
            match: {
              context: "SIDECAR_OUTBOUND",
              routeConfiguration: { vhost: { name: `${serviceHost(service, group)}:${service.port}` } },
            },
            patch: { operation: "MERGE", value: withRouteHeader(key) },
          })),
        },
      }),
    ),
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
        configPatches: entryRules(group)
          // Nothing is sent on of a preflight.
          .filter(({ kind }) => kind !== "preflight")
          .map(({ name }) => ({
            applyTo: "HTTP_ROUTE",
            match: { context: "GATEWAY", routeConfiguration: { vhost: { route: { name } } } },
            patch: { operation: "MERGE", value: withClientBaggage(key) },
          })),
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
        metadata: objectMetadata(inNamespace(group, service.namespace), ["http2", service.name, "connect"]),
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
