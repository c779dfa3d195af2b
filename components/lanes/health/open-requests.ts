import { z } from "zod";
import { ownVersion } from "../plan";
import { byPort } from "../ports";
import type { LaneGroup, LaneService } from "../spec";
import { subsetCluster, subsetName } from "../subset";

/** What one proxy holds open: cluster -> requests, of which a WebSocket is one for as long as it is open. */
export type OpenByCluster = ReadonlyMap<string, number>;

/** Requests and sockets that are open in a lane, at a service of it. */
export interface OpenRequests {
  readonly service: string;
  readonly count: number;
}

/**
 * Envoy's `GET /clusters?format=json`. Counts of hosts are there always; those of clusters only where the mesh asks for them
 * (`proxyStatsMatcher`). A value that is 0 is left out, as Protobuf's JSON does with defaults.
 */
const clustersSchema = z.object({
  cluster_statuses: z
    .array(
      z.object({
        name: z.string(),
        host_statuses: z
          .array(
            z.object({
              stats: z.array(z.object({ name: z.string().optional(), value: z.string().optional() })).default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/** Reads what a proxy says of its clusters. @throws on anything else. */
export function readOpenByCluster(answer: string): OpenByCluster {
  const { cluster_statuses: clusters } = clustersSchema.parse(JSON.parse(answer));
  return new Map(
    clusters.map(({ name, host_statuses: hosts }) => {
      const active = hosts.flatMap(({ stats }) => stats.filter((stat) => stat.name === "rq_active"));
      return [name, active.reduce((sum, { value = "0" }) => sum + Number(value), 0)];
    }),
  );
}

/**
 * What is open in a lane: what every look found at the same proxy and cluster. So a request that is answered between two looks
 * does not count, and a socket does. Of services at which another lane has the same version nothing counts, see
 * {@link untoldIn}: its pods and their clusters stay when the lane goes, and so do sockets to them.
 *
 * @param looks proxy -> its clusters, one map for each look.
 */
export function openInLane(
  group: LaneGroup,
  lane: string,
  looks: readonly ReadonlyMap<string, OpenByCluster>[],
): OpenRequests[] {
  const proxies = [...new Set(looks.flatMap((look) => [...look.keys()]))];
  return group.services.flatMap((service): OpenRequests[] => {
    const version = versionOfItsOwn(group, lane, service);
    if (version === undefined) return [];
    // Before its first update by this version of the project a mesh has subsets that are named after lanes.
    const names = [subsetName(version), lane];
    const clusters = byPort(service).flatMap((atPort) => names.map((name) => subsetCluster(group, name, atPort)));
    const stayed = proxies.flatMap((proxy) =>
      clusters.map((cluster) => Math.min(...looks.map((look) => look.get(proxy)?.get(cluster) ?? 0))),
    );
    const count = stayed.reduce((sum, each) => sum + each, 0);
    return count === 0 ? [] : [{ service: service.name, count }];
  });
}

/** Services at which another lane has the version of this one: nobody can tell whose requests are open there. */
export function untoldIn(group: LaneGroup, name: string): string[] {
  const lane = group.lanes.find((each) => each.name === name);
  return group.services.flatMap((service) => {
    const shared = lane && ownVersion(lane, service) !== undefined && !versionOfItsOwn(group, name, service);
    return shared ? [service.name] : [];
  });
}

/** The version of a service that a lane has and no other; undefined: none. */
function versionOfItsOwn({ lanes }: LaneGroup, name: string, service: LaneService): string | undefined {
  const versions = lanes.map((lane) => ({ lane: lane.name, version: ownVersion(lane, service) }));
  const own = versions.find(({ lane }) => lane === name)?.version;
  return versions.some(({ lane, version }) => lane !== name && version === own) ? undefined : own;
}
