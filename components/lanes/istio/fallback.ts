import { groupBy } from "../../../tools/group-by";
import { asRecord, records } from "../../../tools/values";
import { entryServices } from "../entries/parts";
import { runtimeFallbackOf } from "../fallback";
import { contentHash, type GatewayPods, type IstioObject, serviceHost, servicePodLabels } from "../object";
import { byPort } from "../ports";
import type { EntryRule } from "../rule-shape";
import { entryRules, serviceRulesAt } from "../rules";
import { declaredCallersOf } from "../sources";
import { type LaneGroup, type LaneService, namespacesOf } from "../spec";
import { subsetCluster, subsetName } from "../subset";
import { hashPolicy } from "../users/envoy";
import { atGateway, type Context, filterAt, header, type Place, routePatch } from "./patches";
import { isList, laneHeaders } from "./routes";

/*
 * Runtime fallback: a version that exists by the plan but has no healthy endpoint. Istio has no field for it, so a lane's
 * route is pointed at an aggregate cluster: the lane's own subset first, then the baseline's.
 *
 * The clusters that a lane brings are one object for each place where they are needed. Its name tells its content: another one comes
 * before the routes that need it, and Pulumi deletes the one of before after every route has been changed. A cluster's name says
 * all that it is, and Istio takes one of several of a name (`normalizeClusters`), so both objects may be there. These
 * patches change clusters and routes, never a listener.
 */

/** Aggregate clusters of sidecars and of the gateway. Stage `filters`. */
export function renderFallbackClusters(group: LaneGroup, gateway: GatewayPods): IstioObject[] {
  const sidecars = group.services.flatMap((service) =>
    atSidecars(group, service).map((place) => ({
      place,
      context: "SIDECAR_OUTBOUND" as const,
      services: byPort(service),
    })),
  );
  const entries = entryServices(group).map((service) => ({
    ...{ place: atGateway(gateway, ["fallback"]), context: "GATEWAY" as const, services: [service] },
  }));
  return [...groupBy([...sidecars, ...entries], ({ place }) => placeKey(place)).values()].flatMap((needed) =>
    clustersAt(group, needed),
  );
}

/** What callers in one place reach through a fallback. */
interface Needed {
  readonly place: Place;
  readonly context: Context;
  readonly services: readonly LaneService[];
}

/** The objects of one place, one for each lane that brings clusters which no lane before it has. */
function clustersAt(group: LaneGroup, needed: readonly Needed[]): IstioObject[] {
  const known = new Set<string>();
  return group.lanes.flatMap((lane): IstioObject[] => {
    const configPatches = needed.flatMap(({ services, context }) =>
      services.flatMap((service) => {
        const cluster = fallbackCluster(group, lane.name, service, context);
        if (cluster === undefined || known.has(cluster.name)) return [];
        known.add(cluster.name);
        return [clusterPatch(cluster, context)];
      }),
    );
    const [first] = needed;
    if (first === undefined || configPatches.length === 0) return [];
    const { place } = first;
    return [filterAt(group, "filters", place, [lane.name, contentHash(configPatches)], configPatches, lane.name)];
  });
}

/**
 * Patches that point the routes at the aggregate clusters. Stages `service-routes` and `entry-routes`.
 *
 * An object without patches is rendered all the same. Were it deleted when the last lane no longer needs it (a promotion that
 * gives the baseline this lane's version), its clusters would be deleted along with it, and requests fail in between.
 */
export function renderFallbackRoutes(group: LaneGroup, gateway: GatewayPods): IstioObject[] {
  const entryPatches = entryRules(group).flatMap((rule) => entryRoutePatches(group, rule));
  const objects = group.services.flatMap((target): IstioObject[] => {
    const patches = byPort(target).flatMap((atPort) =>
      serviceRulesAt(group, target, atPort.port).flatMap((rule) =>
        // Baseline requests have nothing to fall back to.
        [fallbackCluster(group, rule.lane, atPort, "SIDECAR_OUTBOUND")].flatMap((cluster) =>
          cluster ? [routePatch("SIDECAR_OUTBOUND", rule.name, { cluster: cluster.name })] : [],
        ),
      ),
    );
    if (!target.fallback) return [];
    return atSidecars(group, target).map((place) => filterAt(group, "service-routes", place, [target.name], patches));
  });
  if (!group.entry.user && !entryServices(group).some((service) => service.fallback)) return objects;
  return [...objects, filterAt(group, "entry-routes", atGateway(gateway, ["routes", "fallback"]), [], entryPatches)];
}

function entryRoutePatches(group: LaneGroup, rule: EntryRule): object[] {
  const { service } = rule;
  const targets = rule.outcomes.map((outcome) => {
    // Of a lane that has no version of its own there is none.
    const fallback = fallbackCluster(group, outcome.lane, service, "GATEWAY");
    const own = subsetCluster(group, subsetName(outcome.version), service);
    return { outcome, hasOne: fallback !== undefined, cluster: fallback?.name ?? own };
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

function clusterPatch({ name, clusters }: FallbackCluster, context: Context): object {
  return {
    applyTo: "CLUSTER",
    match: { context },
    patch: {
      operation: "ADD",
      value: {
        name,
        connect_timeout: "10s",
        lb_policy: "CLUSTER_PROVIDED",
        cluster_type: {
          name: "envoy.clusters.aggregate",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig",
            clusters,
          },
        },
      },
    },
  };
}

interface FallbackCluster {
  /** Like those of subsets, with both subsets: `lane-fallback|8000|version-v2,version-v1|cart.default.svc.cluster.local`. */
  readonly name: string;
  readonly clusters: readonly string[];
}

/**
 * Of a lane at a service; undefined where it has no fallback.
 *
 * A sidecar that gets scoped has the cluster of both kinds of objects for a while, so each kind has names of its own.
 */
export function fallbackCluster(
  group: LaneGroup,
  lane: string,
  service: LaneService,
  context: Context,
): FallbackCluster | undefined {
  const versions = runtimeFallbackOf(group, lane, service);
  if (versions === undefined) return undefined;
  const kind = group.scope && context === "SIDECAR_OUTBOUND" ? "scoped-lane-fallback" : "lane-fallback";
  const [own, standIn] = [subsetName(versions.own), subsetName(versions.standIn)];
  return {
    name: [kind, service.port, `${own},${standIn}`, serviceHost(service, group)].join("|"),
    clusters: [own, standIn].map((subset) => subsetCluster(group, subset, service)),
  };
}

/** Names of the clusters that an object of {@link renderFallbackClusters} brings. */
export function addedClusters({ spec }: IstioObject): string[] {
  return records(spec.configPatches).map(({ patch }) => String(asRecord(asRecord(patch).value).name));
}

/** All sidecars of the group's namespaces; in a scoped group those of each caller, which alone have the clusters behind it. */
function atSidecars(group: LaneGroup, service: LaneService): Place[] {
  if (!group.scope) return namespacesOf(group).map((namespace) => ({ namespace, parts: [], spec: {} }));
  return declaredCallersOf(group, service.name).map((caller) => ({
    namespace: caller.namespace,
    parts: ["from", caller.name],
    spec: { workloadSelector: { labels: servicePodLabels(caller) } },
  }));
}

function placeKey({ namespace, parts }: Place): string {
  return [namespace, ...parts].join("/");
}
