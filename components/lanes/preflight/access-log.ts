import { z } from "zod";
import { fromJson } from "../../../tools/values";
import { readCluster } from "../subset";
import type { LoggedCall, StrayCall } from "./judge";

/** Fields of a proxy's access log that are read; Envoy writes null, and in text "-", for what a request does not have. */
const line = z.object({
  upstream_cluster: z.string().nullish(),
  lane: z.string().nullish(),
  authority: z.string().nullish(),
  downstream_local_address: z.string().nullish(),
});

/** Istio's clusters for outbound requests that no route fits: let through by ALLOW_ANY, refused by REGISTRY_ONLY. */
const pastRoutes = new Set(["PassthroughCluster", "BlackHoleCluster"]);

/** What the log of one pod's sidecar tells. */
export interface SidecarLog {
  readonly calls: readonly LoggedCall[];
  readonly strays: readonly StrayCall[];
  /** Whether there are access log lines at all, and whether they have the field `lane`. */
  readonly lines: number;
  readonly withLane: boolean;
}

/**
 * Reads the calls that a sidecar has sent out from its log; lines that are no JSON, and those of requests that came in,
 * are passed over.
 */
export function readSidecarLog(pod: string, text: string): SidecarLog {
  const calls: LoggedCall[] = [];
  const strays: StrayCall[] = [];
  let lines = 0;
  let withLane = false;
  for (const row of text.split("\n")) {
    if (!row.startsWith("{")) continue;
    const parsed = line.safeParse(fromJson(row));
    if (!parsed.success || parsed.data.upstream_cluster === undefined) continue;
    lines += 1;
    withLane ||= parsed.data.lane !== undefined;
    const cluster = parsed.data.upstream_cluster ?? "";
    const { lane, authority, downstream_local_address: destination } = parsed.data;
    if (authority && pastRoutes.has(cluster)) strays.push({ pod, authority, ...(destination && { destination }) });
    const host = readCluster(cluster)?.host;
    if (host === undefined) continue;
    calls.push({ pod, host, ...(lane && lane !== "-" && { lane }) });
  }
  return { calls, strays, lines, withLane };
}
