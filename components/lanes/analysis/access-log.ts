import { groupBy } from "../../../tools/group-by";
import { declares, ownVersion, planLaneGroup } from "../plan";
import { lanePorts } from "../ports";
import { entryRules, serviceRulesAt } from "../rules";
import type { LaneGroup, LaneService } from "../spec";
import { readCluster, subsetName } from "../subset";
import { versionKeys, versionOfPod } from "../version-labels";
import { goneAway, hasFailed, known, readLine, timeOf } from "./access-line";

/*
 * Access logs of proxies -> calls of a lane group. The proxy that sends a request tells of it: its line has the cluster that was
 * chosen, also where no pod answered. Istio's own metrics name the pod's version and nothing where there was no pod, so an abort
 * or `no healthy upstream` would count for no version.
 */

/** One request from one proxy to a service of the group. */
export interface Call {
  readonly service: string;
  readonly lane: string;
  readonly failed: boolean;
  /** From its first byte to the last of its answer; undefined for a WebSocket, which lasts as long as it is open. */
  readonly milliseconds?: number;
  /** Another version answered than the lane has by the plan: its own pods were down. */
  readonly fellBack: boolean;
}

/** Reads lines of a proxy's access log for one group. */
export type CallReader = (row: string) => Call | undefined;

/** A reader of lines; what is no call of the group, or of no lane that is known, is undefined. */
export function callReader(group: LaneGroup): CallReader {
  const services = new Map(group.services.map(({ name, namespace }) => [`${name}.${namespace}`, name]));
  const lanes = new Set(group.lanes.map(({ name }) => name));
  const planned = plannedVersions(group);
  const ofName = new Map(group.services.map((service) => [service.name, service]));
  const [byRoute, bySubset] = [lanesByRoute(group), lanesBySubset(group)];
  return (row) => {
    const logged = readLine(row);
    if (!logged || logged.upstream_cluster?.startsWith("inbound|")) return undefined;
    const { subset, host } = readCluster(known(logged.upstream_cluster) ?? "") ?? { subset: "", host: "" };
    // Where a route leads nowhere, there is no cluster: `<group>/<service>/<lane>`.
    const [ofGroup, routeService = ""] = known(logged.route_name)?.split("/") ?? [];
    const isOwn = ofGroup === group.name ? ofName.has(routeService) : false;
    const service =
      services.get(host.split(".").slice(0, 2).join(".")) ?? (isOwn && host === "" ? routeService : undefined);
    const chosen = bySubset.get(`${service} ${subset}`);
    // A proxy that answers by itself has not yet written the lane on the request.
    const told = [
      ...[known(logged.lane), byRoute.get(known(logged.route_name) ?? ""), chosen],
      isOwn ? group.baseline : undefined,
    ];
    const lane = told.find((name) => name !== undefined && lanes.has(name));
    if (service === undefined || lane === undefined || goneAway(logged)) return undefined;
    const milliseconds = timeOf(logged);
    const answered = answeredBy(group, ofName.get(service), logged.upstream_workload);
    return {
      service,
      lane,
      failed: hasFailed(logged),
      ...(milliseconds !== undefined && { milliseconds }),
      fellBack: answered !== undefined && answered !== planned(lane, service),
    };
  };
}

/** What Istio takes for a pod's version (`canonicalServiceRevision` of istio/istio), the first that it has. */
const revisionLabels = ["app.kubernetes.io/version", "version"];

/** The declared version of the pod that answered, as far as the log tells it: by a label of which Istio writes the value. */
function answeredBy(
  group: LaneGroup,
  service: LaneService | undefined,
  workload: string | null | undefined,
): string | undefined {
  const version = workload?.split(";")[3];
  const [key = "", ...others] = service ? versionKeys(group, service) : [];
  if (!service || version === undefined || others.length > 0 || !revisionLabels.includes(key)) return undefined;
  const told = versionOfPod(group, service, { [key]: version });
  return told !== undefined && declares(service, told) ? told : undefined;
}

/** Name of a route -> the lane of its requests, of routes that have one. */
function lanesByRoute(group: LaneGroup): ReadonlyMap<string, string> {
  const entry = entryRules(group).flatMap(({ name, outcomes: [first, ...others] }): [string, string][] =>
    first && others.length === 0 ? [[name, first.lane]] : [],
  );
  const services = group.services.flatMap((service) =>
    lanePorts(service).flatMap((port) =>
      // The last rule takes what other lanes do not override, too.
      serviceRulesAt(group, service, port).flatMap(({ name, lane, when }): [string, string][] =>
        when ? [[name, lane]] : [],
      ),
    ),
  );
  return new Map([...entry, ...services]);
}

/** `service subset` -> the lane whose version it is; of several the baseline, and none where it is not among them. */
function lanesBySubset(group: LaneGroup): ReadonlyMap<string, string> {
  const owned = group.services.flatMap((service) =>
    group.lanes.flatMap((lane) => {
      const version = ownVersion(lane, service);
      return version === undefined ? [] : [{ key: `${service.name} ${subsetName(version)}`, lane: lane.name }];
    }),
  );
  return new Map(
    [...groupBy(owned, ({ key }) => key)].flatMap(([key, owners]): [string, string][] => {
      const only = owners.length === 1 ? owners[0] : owners.find(({ lane }) => lane === group.baseline);
      return only ? [[key, only.lane]] : [];
    }),
  );
}

/** The version that a lane has of a service, its own or the baseline's. The plan is made once: a group may have thousands of hops. */
export function plannedVersions(group: LaneGroup): (lane: string, service: string) => string | undefined {
  const versions = new Map(planLaneGroup(group).rows.map((row) => [`${row.lane} ${row.service}`, row.version]));
  return (lane, service) => versions.get(`${lane} ${service}`);
}
