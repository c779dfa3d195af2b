import { z } from "zod";
import { shortHash } from "../../components/names";
import { isRecord, records, type UnknownRecord } from "../../tools/values";
import { type KubeObject, refused, rootNamespace } from "./objects";

/*
 * `fallback.target` beside a destination ("Configure fallback routing in ASM"): where the destination has no healthy endpoint,
 * the proxy takes the target. Upstream Istio has no such field. So the route is sent to a subset that no DestinationRule has, and
 * the cluster that Istio would make for it is added by an EnvoyFilter: an aggregate of both clusters, in that order.
 */

/** Full name of a Service -> its ports. A destination without a port means the only one. */
export type ServicePorts = ReadonlyMap<string, readonly number[]>;

const destinationSchema = z.strictObject({
  host: z.string(),
  subset: z.string().optional(),
  port: z.strictObject({ number: z.int() }).optional(),
});
type Destination = z.infer<typeof destinationSchema>;

export interface FallbackCluster {
  readonly name: string;
  /** Of the destination, and of the target. */
  readonly clusters: readonly [string, string];
}

export interface UpstreamRoutes {
  readonly object: KubeObject;
  readonly clusters: readonly FallbackCluster[];
}

/** A VirtualService of ASM in upstream Istio's fields, and the clusters that it then needs. */
export function upstreamRoutes(object: KubeObject, ports: ServicePorts): UpstreamRoutes {
  const clusters: FallbackCluster[] = [];
  const spec = {
    ...object.spec,
    ...(object.spec.http !== undefined && {
      http: records(object.spec.http).map((http, index) => ({
        ...http,
        ...(http.route !== undefined && {
          route: records(http.route).map((route) => {
            if (route.fallback === undefined) return route;
            const { fallback, ...rest } = route;
            const path = `spec.http[${index}].route.fallback`;
            const own = destinationOf(object, `spec.http[${index}].route.destination`, route.destination);
            const cluster = fallbackCluster(object, path, own, targetOf(object, path, fallback), ports);
            clusters.push(cluster);
            return { ...rest, destination: { ...own, port: portOf(cluster), subset: subsetOf(cluster) } };
          }),
        }),
      })),
    }),
  };
  if (hasKey(spec, "fallback")) {
    const expected = "fallback beside a destination of an HTTP route";
    throw refused(object, { path: "spec", got: "fallback elsewhere", expected, fix: "Move it." });
  }
  return { object: { ...object, spec }, clusters };
}

/** All clusters as one object for every proxy of the mesh; nothing where there are none. */
export function fallbackFilters(clusters: readonly FallbackCluster[]): KubeObject[] {
  const byName = new Map(clusters.map((cluster) => [cluster.name, cluster]));
  if (byName.size === 0) return [];
  return [
    {
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: { name: "asm.fallback", namespace: rootNamespace },
      spec: {
        configPatches: [...byName.values()].flatMap((cluster) =>
          // "Use custom virtual services" has a fallback at the gateway, "Configure fallback routing" one between services.
          ["SIDECAR_OUTBOUND", "GATEWAY"].map((context) => clusterPatch(cluster, context)),
        ),
      },
    },
  ];
}

function targetOf(object: KubeObject, path: string, fallback: unknown): Destination {
  const parsed = z.strictObject({ target: destinationSchema }).safeParse(fallback);
  if (parsed.success) return parsed.data.target;
  const expected = "{ target: { host, subset, port } }";
  throw refused(object, { path, got: JSON.stringify(fallback), expected, fix: "Write a target, and nothing else." });
}

function destinationOf(object: KubeObject, path: string, destination: unknown): Destination {
  const parsed = destinationSchema.safeParse(destination);
  if (parsed.success) return parsed.data;
  const fix = "Write these fields only.";
  throw refused(object, { path, got: JSON.stringify(destination), expected: "host, subset and port", fix });
}

function fallbackCluster(
  object: KubeObject,
  path: string,
  own: Destination,
  target: Destination,
  ports: ServicePorts,
): FallbackCluster {
  const name = (at: Destination) => `outbound|${portNumber(object, path, at, ports)}|${at.subset ?? ""}|${at.host}`;
  const clusters = [name(own), name(target)] as const;
  const subset = `fallback-${shortHash(clusters.join())}`;
  return { name: name({ ...own, subset }), clusters: [...clusters] };
}

function portNumber(object: KubeObject, path: string, { host, port }: Destination, ports: ServicePorts): number {
  const [only, ...more] = ports.get(host) ?? [];
  if (port) return port.number;
  if (only !== undefined && more.length === 0) return only;
  const got = `no port, and ${only === undefined ? "no Service" : "a Service with several"} for ${host}`;
  throw refused(object, {
    path,
    got,
    expected: "a port, or a Service with one",
    fix: "Write the port and a full host.",
  });
}

function portOf({ name }: FallbackCluster): { number: number } {
  return { number: Number(name.split("|")[1]) };
}

function subsetOf({ name }: FallbackCluster): string {
  return name.split("|")[2] ?? "";
}

function clusterPatch({ name, clusters }: FallbackCluster, context: string): object {
  const typed_config = {
    "@type": "type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig",
    clusters,
  };
  const value = {
    name,
    connect_timeout: "10s",
    lb_policy: "CLUSTER_PROVIDED",
    cluster_type: { name: "envoy.clusters.aggregate", typed_config },
  };
  return { applyTo: "CLUSTER", match: { context }, patch: { operation: "ADD", value } };
}

function hasKey(value: unknown, key: string): boolean {
  if (Array.isArray(value)) return value.some((entry) => hasKey(entry, key));
  if (!isRecord(value)) return false;
  const map: UnknownRecord = value;
  return key in map || Object.values(map).some((entry) => hasKey(entry, key));
}
