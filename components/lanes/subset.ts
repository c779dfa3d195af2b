import { versionedLabel } from "../names";
import { serviceHost } from "./object";
import type { LaneGroup, LaneService } from "./spec";

/*
 * Subsets are named after versions and not after lanes. So what a name stands for never changes: a lane whose version is
 * replaced in place gets other routes, and those come in order; and lanes of one version share its cluster in each proxy.
 */

/** The subset of a version: `version-v2`. Users name theirs `v2`, and Istio merges all rules of a host. */
export function subsetName(version: string): string {
  return versionedLabel("version", version);
}

/** Istio's own name of a subset's cluster, on the port that the service has here. */
export function subsetCluster(group: LaneGroup, subset: string, service: LaneService): string {
  return `outbound|${service.port}|${subset}|${serviceHost(service, group)}`;
}

/** A cluster of requests to a service, as an access log names it. */
export interface ServiceCluster {
  /** The subset that was meant, of a fallback the lane's own; empty: none. */
  readonly subset: string;
  readonly host: string;
}

/** Reads what {@link subsetCluster} and the fallback write. @returns undefined for a cluster of requests that came in, or of no service. */
export function readCluster(cluster: string): ServiceCluster | undefined {
  const [kind = "", , subsets = "", host = ""] = cluster.split("|");
  if (kind === "inbound" || host === "") return undefined;
  return { subset: subsets.split(",")[0] ?? "", host };
}
