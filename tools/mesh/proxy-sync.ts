import { z } from "zod";

/*
 * Whether the proxies have what was written. Istio's objects have no status to wait for, but istiod tells which objects it
 * has read (/debug/configz) and which version of each kind of config a proxy was sent and has acknowledged (/debug/syncz).
 */

const object = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional(), resourceVersion: z.string().optional() }),
});

type ListedObject = z.infer<typeof object>;

const key = ({ kind, metadata }: ListedObject): string => `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;

/**
 * Objects that istiod has not read yet in the version that the API server has.
 *
 * @param listed a Kubernetes List as JSON: what the API server has.
 * @param configz istiod's answer: what it has read.
 * @returns `kind/namespace/name` of each.
 */
export function unreadObjects(listed: string, configz: string): string[] {
  const read = new Map(
    z
      .array(object)
      .parse(JSON.parse(configz))
      .map((item) => [key(item), item.metadata.resourceVersion]),
  );
  return z
    .object({ items: z.array(object) })
    .parse(JSON.parse(listed))
    .items.filter((item) => read.get(key(item)) !== item.metadata.resourceVersion)
    .map(key);
}

const version = z.string().optional();
/** `SyncStatus` of istio/istio pilot/pkg/xds/debug.go. */
const status = z.object({
  proxy: z.string(),
  cluster_sent: version,
  cluster_acked: version,
  route_sent: version,
  route_acked: version,
  listener_sent: version,
  listener_acked: version,
  endpoint_sent: version,
  endpoint_acked: version,
});

/** Names of the proxies that have not acknowledged the last config they were sent. */
export function lateProxies(syncz: string): string[] {
  return z
    .array(status)
    .parse(JSON.parse(syncz))
    .filter(
      (proxy) =>
        differs(proxy.cluster_sent, proxy.cluster_acked) ||
        differs(proxy.route_sent, proxy.route_acked) ||
        differs(proxy.listener_sent, proxy.listener_acked) ||
        differs(proxy.endpoint_sent, proxy.endpoint_acked),
    )
    .map(({ proxy }) => proxy);
}

/** A kind of config that was never sent has no version, and nothing to acknowledge. */
function differs(sent: string | undefined, acked: string | undefined): boolean {
  return sent !== undefined && sent !== "" && sent !== acked;
}
