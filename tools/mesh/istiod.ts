import parse from "semver/functions/parse";
import { z } from "zod";
import { podLines } from "./pod-lines";

/*
 * What istiod tells of itself and its proxies, read in one place: for the wait between the steps of a change and for
 * `lanes status`.
 */

/** Debug pages: what each proxy was sent and has acknowledged, and the config that istiod has read. */
export type IstiodPath = "/debug/syncz" | "/debug/configz";

/** Port of istiod's debug pages. */
export const debugPort = 15014;

/**
 * Arguments of kubectl that ask one pod of istiod. From within the pod: to others istiod answers only with the mesh's own
 * credentials, through the API server's proxy too.
 */
export function istiodRequest(namespace: string, pod: string, path: IstiodPath): string[] {
  return ["exec", "-n", namespace, pod, "-c", "discovery", "--", "pilot-discovery", "request", "GET", path];
}

/**
 * Arguments of kubectl that name the pods of istiod which answer, a line each, of every revision. While a control plane is upgraded
 * there are others, too, which come or go.
 */
export function istiodPodsRequest(namespace: string): string[] {
  const names = podLines("and $ready (not $pod.deletionTimestamp)", "{{$pod.name}}");
  return ["get", "pods", "--namespace", namespace, "--selector=app=istiod", "--output", names];
}

/** One kind of config that a proxy was sent. */
export interface ConfigState {
  /** `clusters`, `listeners`, `routes`, `endpoints`, or the full type. */
  readonly type: string;
  readonly acknowledged: boolean;
  /** Differs for each config that was sent. */
  readonly sent: string;
  /** Milliseconds since 1970; undefined when istiod does not tell. */
  readonly sentAt?: number;
  /** What the proxy said when it rejected the config. */
  readonly rejection?: string;
}

export interface ProxyState {
  /** `pod.namespace` */
  readonly proxy: string;
  /** Of Istio, as the proxy says it: `1.30.4`; undefined where it says nothing that is a version. */
  readonly version?: string;
  /** Kinds of config that were sent; one that was never sent has nothing to acknowledge. */
  readonly configs: readonly ConfigState[];
}

const text = z.string().optional();
/** `SyncStatus` of istio/istio pilot/pkg/xds/debug.go. `resources` came with Istio 1.27; older ones tell no time. */
const statusSchema = z.object({
  proxy: z.string(),
  istio_version: text,
  cluster_sent: text,
  cluster_acked: text,
  listener_sent: text,
  listener_acked: text,
  route_sent: text,
  route_acked: text,
  endpoint_sent: text,
  endpoint_acked: text,
  resources: z.record(z.string(), z.object({ sent: text, acked: text, sentTime: text, lastError: text })).optional(),
});

const typeNames: Readonly<Record<string, string>> = {
  "type.googleapis.com/envoy.config.cluster.v3.Cluster": "clusters",
  "type.googleapis.com/envoy.config.listener.v3.Listener": "listeners",
  "type.googleapis.com/envoy.config.route.v3.RouteConfiguration": "routes",
  "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment": "endpoints",
};

/** Reads `/debug/syncz`: each pod of istiod knows only the proxies that are connected to it. @throws on anything else. */
export function readSyncz(answer: string): ProxyState[] {
  return z
    .array(statusSchema)
    .parse(JSON.parse(answer))
    .map((status) => {
      const version = istioVersion(status.istio_version);
      return { proxy: status.proxy, ...(version !== undefined && { version }), configs: configsOf(status) };
    });
}

/**
 * The version of Istio in what a proxy or an image's tag says: `1.31.0` of `1.31.0-distroless`. A development build says `unknown`
 * or a commit.
 */
export function istioVersion(said: string | undefined): string | undefined {
  const found = parse(said);
  return found ? `${found.major}.${found.minor}.${found.patch}` : undefined;
}

function configsOf(status: z.infer<typeof statusSchema>): ConfigState[] {
  if (status.resources) {
    return Object.entries(status.resources).flatMap(([url, { sent, acked, sentTime, lastError }]): ConfigState[] => {
      if (!sent) return [];
      const sentAt = sentTime === undefined ? Number.NaN : Date.parse(sentTime);
      return [
        {
          type: typeNames[url] ?? url,
          acknowledged: sent === acked,
          sent,
          ...(!Number.isNaN(sentAt) && { sentAt }),
          ...(lastError && { rejection: lastError }),
        },
      ];
    });
  }
  const pairs = [
    ["clusters", status.cluster_sent, status.cluster_acked],
    ["listeners", status.listener_sent, status.listener_acked],
    ["routes", status.route_sent, status.route_acked],
    ["endpoints", status.endpoint_sent, status.endpoint_acked],
  ] as const;
  return pairs.flatMap(([type, sent, acked]) => (sent ? [{ type, acknowledged: sent === acked, sent }] : []));
}
