import { entryServices } from "../entries/parts";
import { runtimeFallbackOf } from "../fallback";
import {
  type GatewayPods,
  type IstioObject,
  inNamespace,
  objectMetadata,
  serviceHost,
  servicePodLabels,
} from "../object";
import { byPort } from "../ports";
import { type EntryRule, entryRules, serviceRulesAt } from "../rules";
import { declaredCallersOf } from "../sources";
import { type Lane, type LaneGroup, type LaneService, namespacesOf, serviceOf } from "../spec";
import { hashPolicy } from "../users/envoy";
import { isList, laneHeaders } from "./routes";

/*
 * Runtime fallback: a version that exists by the plan but has no healthy endpoint. Istio has no field for it, so a lane's
 * route is pointed at an aggregate cluster: the lane's own subset first, then the baseline's.
 *
 * The cluster of each lane and service is an object of its own, created before the routes that name it and deleted after
 * them; one object for both would take the cluster away while proxies still had the route. These patches change clusters
 * and routes, never a listener.
 */

/** Aggregate clusters of sidecars and of the gateway. Stage `filters`. */
export function renderFallbackClusters(group: LaneGroup, gateway: GatewayPods): IstioObject[] {
  const clusters = (service: LaneService, context: Context, places: (lane: Lane) => Placed[]): IstioObject[] =>
    group.lanes
      .filter((lane) => hasFallback(group, lane.name, service))
      .flatMap((lane) =>
        places(lane).map(({ metadata, spec }) => ({
          ...({ stage: "filters", apiVersion: "networking.istio.io/v1alpha3", kind: "EnvoyFilter" } as const),
          metadata,
          spec: { ...spec, configPatches: [clusterPatch(group, lane, service, context)] },
        })),
      );
  return [
    ...group.services.flatMap((service) =>
      byPort(service).flatMap((atPort) =>
        clusters(atPort, "SIDECAR_OUTBOUND", (lane) =>
          atSidecars(group, service, [lane.name, service.name, ...portName(service, atPort)], lane.name),
        ),
      ),
    ),
    ...entryServices(group).flatMap((service) =>
      clusters(service, "GATEWAY", (lane) => [
        atGateway(group, gateway, ["entry", "fallback", ...entryName(group, service), lane.name], lane.name),
      ]),
    ),
  ];
}

/**
 * Patches that point the routes at the aggregate clusters. Stages `service-routes` and `entry-routes`.
 *
 * An object without patches is rendered all the same. Were it deleted when the last lane needs it no more (a promotion that
 * gives the baseline this lane's version), its clusters would be deleted along with it, and requests fail in between.
 */
export function renderFallbackRoutes(group: LaneGroup, gateway: GatewayPods): IstioObject[] {
  const entryPatches = entryRules(group).flatMap((rule) =>
    entryRoutePatches(group, serviceOf(group, rule.service), rule),
  );
  const objects = group.services.flatMap((target): IstioObject[] => {
    const patches = byPort(target).flatMap((atPort) =>
      serviceRulesAt(group, target, atPort.port).flatMap((rule) =>
        // Baseline requests have nothing to fall back to.
        hasFallback(group, rule.lane, target)
          ? [
              routePatch("SIDECAR_OUTBOUND", rule.name, {
                cluster: fallbackCluster(group, rule.subset, atPort, "SIDECAR_OUTBOUND"),
              }),
            ]
          : [],
      ),
    );
    if (!target.fallback) return [];
    return atSidecars(group, target, [target.name]).map(({ metadata, spec }) => ({
      ...({ stage: "service-routes", apiVersion: "networking.istio.io/v1alpha3", kind: "EnvoyFilter" } as const),
      metadata,
      spec: { ...spec, configPatches: patches },
    }));
  });
  if (!group.entry.user && !entryServices(group).some((service) => service.fallback)) return objects;
  const placed = atGateway(group, gateway, ["entry", "routes", "fallback"]);
  return [
    ...objects,
    {
      stage: "entry-routes",
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: placed.metadata,
      spec: { ...placed.spec, configPatches: entryPatches },
    },
  ];
}

/** Tells the objects of several services behind the gateway apart; those of `entry.service` need no more. */
function entryName(group: LaneGroup, service: LaneService): string[] {
  return service.name === group.entry.service ? [] : [service.name];
}

/** A port has clusters of its own objects, which come and go with it alone; those of the first port need no name. */
function portName(service: LaneService, { port }: LaneService): string[] {
  return port === service.port ? [] : [String(port)];
}

function entryRoutePatches(group: LaneGroup, service: LaneService, rule: EntryRule): object[] {
  const targets = rule.outcomes.map((outcome) => {
    const hasOne = outcome.subset === outcome.lane && hasFallback(group, outcome.lane, service);
    return {
      outcome,
      hasOne,
      cluster: hasOne
        ? fallbackCluster(group, outcome.lane, service, "GATEWAY")
        : subsetCluster(group, outcome.subset, service),
    };
  });
  const [first] = targets;
  if (!first || !(rule.users || targets.some((target) => target.hasOne))) return [];
  const single = routePatch("GATEWAY", rule.name, { cluster: first.cluster });
  if (!isList(group, rule)) return [single];
  const list = targets.map(({ outcome, cluster }) => {
    const headers = laneHeaders(group, rule, outcome);
    const request = Object.entries(headers.set ?? {}).map(([key, value]) =>
      header(key, value, "OVERWRITE_IF_EXISTS_OR_ADD"),
    );
    const response = [
      ...Object.entries(headers.answer ?? {}).map(([key, value]) => header(key, value, "OVERWRITE_IF_EXISTS_OR_ADD")),
      ...(headers.cookie === undefined ? [] : [header("set-cookie", headers.cookie, "APPEND_IF_EXISTS_OR_ADD")]),
    ];
    return {
      lane: outcome.lane,
      entry: {
        name: cluster,
        weight: outcome.weight,
        request_headers_to_add: request,
        ...(response.length > 0 && { response_headers_to_add: response }),
      },
    };
  });
  // A merge appends to lists. The single cluster takes the place of the list first, since a route has one or the other.
  return [single, routePatch("GATEWAY", rule.name, weighted(rule, list))];
}

/**
 * The list of a rule. Of shares of users Envoy takes the entry at the place that the user's hash has, and so the entries stand in
 * the order of the places, a lane as often as it has neighbouring ones.
 */
function weighted({ users }: EntryRule, list: readonly { readonly lane: string; readonly entry: object }[]): object {
  if (!users) return { weighted_clusters: { clusters: list.map(({ entry }) => entry) } };
  const clusters = users.ranges.map(({ lane, weight }) => ({
    ...list.find((each) => each.lane === lane)?.entry,
    weight,
  }));
  return { weighted_clusters: { clusters, use_hash_policy: true }, hash_policy: [hashPolicy(users.source)] };
}

function header(key: string, value: string, append_action: string): object {
  return { header: { key, value }, append_action };
}

function routePatch(context: Context, name: string, route: object): object {
  return {
    applyTo: "HTTP_ROUTE",
    match: { context, routeConfiguration: { vhost: { route: { name } } } },
    patch: { operation: "MERGE", value: { route } },
  };
}

function clusterPatch(group: LaneGroup, lane: Lane, service: LaneService, context: Context): object {
  return {
    applyTo: "CLUSTER",
    match: { context },
    patch: {
      operation: "ADD",
      value: {
        name: fallbackCluster(group, lane.name, service, context),
        connect_timeout: "10s",
        lb_policy: "CLUSTER_PROVIDED",
        cluster_type: {
          name: "envoy.clusters.aggregate",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig",
            clusters: [lane.name, group.baseline ?? lane.name].map((subset) => subsetCluster(group, subset, service)),
          },
        },
      },
    },
  };
}

/**
 * A sidecar that gets scoped has the cluster of both kinds of objects for a while. Under one name it would be there twice,
 * and Envoy refuses such a list of clusters as a whole.
 */
function fallbackCluster(group: LaneGroup, lane: string, service: LaneService, context: Context): string {
  const kind = group.scope && context === "SIDECAR_OUTBOUND" ? "scoped-lane-fallback" : "lane-fallback";
  return `${kind}|${service.port}|${lane}|${serviceHost(service, group)}`;
}

/** Istio's own name of a subset's cluster. */
export function subsetCluster(group: LaneGroup, subset: string, service: LaneService): string {
  return `outbound|${service.port}|${subset}|${serviceHost(service, group)}`;
}

function hasFallback(group: LaneGroup, lane: string, service: LaneService): boolean {
  return runtimeFallbackOf(group, lane, service) !== undefined;
}

type Context = "SIDECAR_OUTBOUND" | "GATEWAY";

interface Placed {
  readonly metadata: IstioObject["metadata"];
  readonly spec: object;
}

/** All sidecars of the group's namespaces; in a scoped group those of each caller, which alone have the clusters behind it. */
function atSidecars(group: LaneGroup, service: LaneService, parts: readonly string[], lane?: string): Placed[] {
  if (!group.scope) {
    return namespacesOf(group).map((namespace) => ({
      metadata: objectMetadata(inNamespace(group, namespace), parts, lane),
      spec: {},
    }));
  }
  return declaredCallersOf(group, service.name).map((caller) => ({
    metadata: objectMetadata(inNamespace(group, caller.namespace), ["from", caller.name, ...parts], lane),
    spec: { workloadSelector: { labels: servicePodLabels(caller) } },
  }));
}

function atGateway(group: LaneGroup, gateway: GatewayPods, parts: readonly string[], lane?: string): Placed {
  return {
    metadata: { ...objectMetadata(group, parts, lane), namespace: gateway.namespace },
    spec: { workloadSelector: { labels: { ...gateway.labels } } },
  };
}
