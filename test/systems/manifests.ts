import type { SystemGraph, SystemService } from "./graph";

type Manifest = Readonly<Record<string, unknown>>;

/** How stand-in pods differ from what the system's own manifests say. */
export interface StandIn {
  /** Of the container of a service's pods, beside what names the services that it calls. */
  readonly container?: (service: SystemService, version: string) => Manifest;
  /** Added to pods that say no version. */
  readonly version?: string;
  /** A version that is deployed besides, service -> version. */
  readonly canaries?: Readonly<Record<string, string>>;
  /** At most so many versions of a service. @default all */
  readonly versions?: number;
  /** Only these. @default all */
  readonly only?: readonly string[];
}

/** Manifests with the names, labels, ports, calls and routes of a system, as somebody else would have written them. */
export function standInManifests(graph: SystemGraph, standIn: StandIn = {}): Manifest[] {
  const services = graph.services.filter(({ name }) => standIn.only?.includes(name) ?? true);
  return [
    ...services.flatMap((service) => [
      ...(service.ports.length > 0 ? [serviceOf(graph, service)] : []),
      ...(service.podsOf === undefined ? workloadsOf(graph, service, standIn) : []),
    ]),
    ...configMaps(graph),
    ...gatewayOf(graph),
    ...routesOf(graph),
  ];
}

function metadata(graph: SystemGraph, name: string, service?: SystemService) {
  return { name, namespace: service?.namespace ?? graph.namespace };
}

function serviceOf(graph: SystemGraph, service: SystemService): Manifest {
  const { name, labels, type, headless, ports } = service;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(graph, name, service),
    spec: {
      ...(type !== undefined && { type }),
      ...(headless && { clusterIP: "None" }),
      selector: labels,
      ports: ports.map(({ speaks, ...port }) => ({ ...port, ...(speaks === "udp" && { protocol: "UDP" }) })),
    },
  };
}

function workloadsOf(
  graph: SystemGraph,
  service: SystemService,
  { version, canaries = {}, versions, container }: StandIn,
): Manifest[] {
  const { name, kind, labels, versionLabel = "version" } = service;
  const own = service.versions.length > 0 ? service.versions.slice(0, versions) : [version];
  const canary = canaries[name];
  return [...own, ...(canary === undefined ? [] : [canary])].map((value) => {
    const podLabels = { ...labels, ...(value !== undefined && { [versionLabel]: value }) };
    return {
      apiVersion: "apps/v1",
      kind,
      metadata: metadata(graph, value === undefined ? name : `${name}-${value}`.replaceAll(".", "-"), service),
      spec: {
        ...(kind === "StatefulSet" && { serviceName: name }),
        selector: { matchLabels: podLabels },
        template: {
          metadata: { labels: podLabels },
          spec: {
            containers: [
              { name: "app", image: `${name}:1`, ...withCalls(graph, service, container?.(service, value ?? "")) },
            ],
          },
        },
      },
    };
  });
}

function withCalls({ calls }: SystemGraph, { name }: SystemService, container: Manifest = {}): Manifest {
  const named = calls.flatMap(([from, to, port, host, how]) =>
    from === name && how === "env"
      ? [{ name: `${to}_${port}_ADDR`.toUpperCase().replaceAll("-", "_"), value: host }]
      : [],
  );
  const env = [...(Array.isArray(container.env) ? container.env : []), ...named];
  return { ...container, ...(env.length > 0 && { env }) };
}

/** What services read by the API of Kubernetes, so that no pod names it. */
function configMaps(graph: SystemGraph): Manifest[] {
  const lines = graph.calls.flatMap(([from, to, , host, how]) => (how === "api" ? [`${from}.${to}: ${host}`] : []));
  if (lines.length === 0) return [];
  const data = { "application.yml": lines.join("\n") };
  return [{ apiVersion: "v1", kind: "ConfigMap", metadata: metadata(graph, "config"), data }];
}

function gatewayOf(graph: SystemGraph): Manifest[] {
  if (graph.entries.length === 0) return [];
  const http = graph.entries.map(({ service, port, path, exact }) => ({
    match: [{ uri: exact ? { exact: path } : { prefix: path } }],
    route: [{ destination: { host: service, port: { number: port } } }],
  }));
  const server = { port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] };
  return [
    {
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: metadata(graph, "gateway"),
      spec: { selector: { istio: "ingressgateway" }, servers: [server] },
    },
    {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: metadata(graph, "entry"),
      spec: { hosts: ["*"], gateways: ["gateway"], http },
    },
  ];
}

function routesOf(graph: SystemGraph): Manifest[] {
  return graph.routes.flatMap(({ service, subsets, weights }) => {
    const host = `${service}.${graph.namespace}.svc.cluster.local`;
    const label = graph.services.find(({ name }) => name === service)?.versionLabel ?? "version";
    const shares = Object.entries(weights).map(([subset, weight]) => ({ destination: { host, subset }, weight }));
    const route = shares.length > 0 ? shares : [{ destination: { host } }];
    const rule = {
      apiVersion: "networking.istio.io/v1",
      kind: "DestinationRule",
      metadata: metadata(graph, service),
      spec: { host, subsets: Object.entries(subsets).map(([name, value]) => ({ name, labels: { [label]: value } })) },
    };
    return [
      {
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: metadata(graph, service),
        spec: { hosts: [host], http: [{ route }] },
      },
      ...(Object.keys(subsets).length > 0 ? [rule] : []),
    ];
  });
}
