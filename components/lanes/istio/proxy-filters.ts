import { createHash } from "node:crypto";
import type { GatewayPods, IstioObject } from "../object";
import { laneHeader, versionHeader } from "../rules";
import { answerVersionLua, clientBaggageLua, contextKey, deriveRouteHeaderLua } from "./lua";

/*
 * The filters that lanes need in the listeners of proxies. They are the same for every lane group there is, and are off
 * until a route turns them on, so no change of groups touches a listener. They come with the namespace and the gateway.
 */

/** Names of filters within a listener. They stay, whatever becomes of the text: routes call filters by name. */
const filterNames = {
  routeHeader: "mesh-lanes.route-header",
  clientBaggage: "mesh-lanes.client-baggage",
  answerVersion: "mesh-lanes.answer-version",
  clientLane: "mesh-lanes.client-lane",
} as const;

type Spec = IstioObject["spec"];
type Context = "SIDECAR_OUTBOUND" | "SIDECAR_INBOUND" | "GATEWAY";

/** The EnvoyFilter for all sidecars of a namespace. */
export function sidecarFilters(namespace: string): IstioObject {
  return shared("sidecars", namespace, {
    configPatches: [
      // First: filters behind it, as that of faults, look at the route of the request's lane.
      filterPatch("SIDECAR_OUTBOUND", "INSERT_FIRST", {
        name: filterNames.routeHeader,
        disabled: true,
        typed_config: lua(deriveRouteHeaderLua),
      }),
      filterPatch("SIDECAR_INBOUND", "INSERT_BEFORE", {
        name: filterNames.answerVersion,
        typed_config: onlyWithHeader(versionHeader, lua(answerVersionLua)),
      }),
    ],
  });
}

/**
 * The EnvoyFilter for the gateway. It takes the lane header off every request of a client, before it is routed: the routes
 * of lane groups write their own, and on any other request, one that is refused too, the access log must tell no lane.
 */
export function gatewayFilters({ namespace, labels }: GatewayPods): IstioObject {
  return shared("gateway", namespace, {
    workloadSelector: { labels: { ...labels } },
    configPatches: [
      filterPatch("GATEWAY", "INSERT_FIRST", {
        name: filterNames.clientLane,
        typed_config: {
          "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
          mutations: { request_mutations: [{ remove: laneHeader }, { remove: versionHeader }] },
        },
      }),
      filterPatch("GATEWAY", "INSERT_BEFORE", {
        name: filterNames.clientBaggage,
        disabled: true,
        typed_config: lua(clientBaggageLua),
      }),
    ],
  });
}

/** What a route or virtual host says to have the sidecar's filter derive the route header of this name. */
export function withRouteHeader(key: string): object {
  return { typed_per_filter_config: turnedOn(filterNames.routeHeader, key) };
}

/** What a route says to have the gateway's filter prepare the client's baggage. */
export function withClientBaggage(key: string): object {
  return { typed_per_filter_config: turnedOn(filterNames.clientBaggage, key) };
}

/**
 * The object's name tells its content, so that programs with different versions of this project do not overwrite each
 * other's; a proxy that has the filters of both runs both, which comes to the same.
 */
function shared(kind: string, namespace: string, spec: Spec): IstioObject {
  const hash = createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 8);
  return {
    stage: "filters",
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: {
      name: `mesh-lanes.${kind}.${hash}`,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "mesh-lanes" },
    },
    spec,
  };
}

function filterPatch(context: Context, operation: "INSERT_FIRST" | "INSERT_BEFORE", value: object): object {
  const subFilter = operation === "INSERT_BEFORE" && { subFilter: { name: "envoy.filters.http.router" } };
  return {
    applyTo: "HTTP_FILTER",
    match: {
      context,
      listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager", ...subFilter } } },
    },
    patch: { operation, value },
  };
}

function lua(source: string): object {
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
    default_source_code: { inline_string: source },
  };
}

/** Envoy turns a filter on by its per-route config only where that is wrapped in a FilterConfig. */
function turnedOn(filter: string, key: string): object {
  return {
    [filter]: {
      "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
      config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute",
        filter_context: { [contextKey]: key },
      },
    },
  };
}

/** A filter that requests without a header pass by. Inbound routes are part of the listener: none may turn it on. */
function onlyWithHeader(header: string, filter: object): object {
  return {
    "@type": "type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher",
    extension_config: { name: "mesh-lanes", typed_config: filter },
    xds_matcher: {
      matcher_list: {
        matchers: [
          {
            predicate: {
              not_matcher: {
                single_predicate: {
                  input: {
                    name: "header",
                    typed_config: {
                      "@type": "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
                      header_name: header,
                    },
                  },
                  value_match: { safe_regex: { google_re2: {}, regex: ".+" } },
                },
              },
            },
            on_match: {
              action: {
                name: "skip",
                typed_config: {
                  "@type": "type.googleapis.com/envoy.extensions.filters.common.matcher.action.v3.SkipFilter",
                },
              },
            },
          },
        ],
      },
    },
  };
}
