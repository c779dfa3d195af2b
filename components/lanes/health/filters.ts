import { groupLabel } from "../../../tools/mesh/group-label";
import { isEntryCopies } from "../istio/copies";
import { addedClusters, fallbackCluster } from "../istio/fallback";
import { contexts } from "../istio/patches";
import { isVersionHeader } from "../istio/version-header";
import { type IstioObject, laneLabel } from "../object";
import { byPort } from "../ports";
import { differences } from "./difference";
import { type Finding, listed, restorePlan, someOf } from "./finding";
import { allLanes, type GroupView, liveObject } from "./view";

/** The EnvoyFilters of a group and those that all groups share: header propagation, runtime fallback, WebSockets over HTTP/2. */
export function checkFilters(view: GroupView): Finding[] {
  const propagates = view.group.mode === "permissive" && view.group.traceHeader === "baggage";
  const shared = propagates || view.group.responseHeaders ? view.sharedFilters : [];
  return [...shared, ...view.objects]
    .filter((object) => object.kind === "EnvoyFilter")
    .flatMap((planned): Finding[] => {
      const name = `${planned.metadata.namespace}/${planned.metadata.name}`;
      const lane = planned.metadata.labels[laneLabel];
      const lanes = lane === undefined ? allLanes(view) : lanesFallingThrough(view, planned);
      const common = { group: view.group.name, lanes, fix: restorePlan };
      const live = liveObject(view, planned);
      if (live) {
        const changes = differences(planned.spec, live.spec);
        if (changes.length === 0) return [];
        const cause = `EnvoyFilter ${name}, which ${purpose(view, planned, lane)}, was changed: ${someOf(changes)}.`;
        return [{ ...common, code: "ML061", severity: "error", cause }];
      }
      // Routes that are not pointed at the fallback go to the lane's own pods, which is right while those are up.
      const needed = isShared(planned)
        ? propagates
        : !isVersionHeader(view.group, planned) && (planned.stage === "filters" || dealsUsers(view, planned));
      const severity = needed ? "error" : "warning";
      const cause = `There is no EnvoyFilter ${name}, which ${purpose(view, planned, lane)}.`;
      return [{ ...common, code: "ML060", severity, cause }];
    });
}

function purpose(view: GroupView, planned: IstioObject, lane: string | undefined): string {
  if (lane !== undefined)
    return `brings the clusters through which fallbacks of lane ${listed(lanesFallingThrough(view, planned))} lead; without them requests fail`;
  if (isShared(planned))
    return "brings the proxies' filters for lanes; without it requests leave their lane, and answers tell no version";
  if (isVersionHeader(view.group, planned)) return "tells the version on answers";
  if (planned.stage === "filters")
    return "keeps the lane's header and the baggage in step; without it requests leave their lane";
  if (isEntryCopies(view.group, planned))
    return "copies the baseline's requests to another lane; without it that lane gets none";
  if (dealsUsers(view, planned)) return "gives each user the same lane; without it chance decides at each request";
  return "points routes at the fallback; without it a version that is down fails its requests";
}

/** Lanes whose fallback is among the clusters that an object brings: the first of several with one cluster brings it for all. */
function lanesFallingThrough({ group }: GroupView, planned: IstioObject): string[] {
  const brought = new Set(addedClusters(planned));
  const falls = (lane: string) =>
    group.services
      .flatMap(byPort)
      .some((service) =>
        contexts.some((context) => brought.has(fallbackCluster(group, lane, service, context)?.name ?? "")),
      );
  return group.lanes.flatMap(({ name }) => (falls(name) ? [name] : []));
}

/** The entry's patches deal users to lanes, beside the fallback. */
function dealsUsers({ group }: GroupView, planned: IstioObject): boolean {
  return group.entry.user !== undefined && planned.stage === "entry-routes" && !isEntryCopies(group, planned);
}

function isShared({ metadata }: IstioObject): boolean {
  return metadata.labels[groupLabel] === undefined;
}
