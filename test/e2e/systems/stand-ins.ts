import { appImage } from "../../../tools/images/app-image";
import type { SystemGraph, SystemName } from "../../systems/graph";
import { type StandIn, standInManifests } from "../../systems/manifests";

/** Header in which a request names the calls that the mock app is to make. */
export const callsHeader = "x-calls";

/** A port that no lane group declares, since it is named for metrics; the app behind it is the same. */
export const secondPort = 9099;
/** A further port that serves requests, which the import declares. */
export const furtherPort = 9098;

/** What of a system runs on two cores, and which service gets a canary. */
export interface Reduced {
  readonly canary: string;
  readonly only: readonly string[];
  /** Services that its owner has moved to a second namespace. */
  readonly elsewhere?: readonly string[];
  /** The service by which requests come in, where no route of the owner tells. */
  readonly entry?: string;
}

export const reduced: Readonly<Partial<Record<SystemName, Reduced>>> = {
  bookinfo: { canary: "reviews", only: ["productpage", "details", "reviews", "ratings"] },
  "hotrod-signadot": { canary: "location", only: ["frontend", "location"], entry: "frontend" },
  "online-boutique": {
    canary: "cartservice",
    only: ["frontend", "checkoutservice", "cartservice", "currencyservice", "productcatalogservice"],
  },
  "sock-shop": {
    canary: "carts",
    only: ["front-end", "orders", "carts", "user", "payment"],
    elsewhere: ["carts", "user"],
    entry: "front-end",
  },
  "train-ticket": {
    canary: "ts-route-service",
    only: [
      ...["ts-ui-dashboard", "ts-travel-service", "ts-ticketinfo-service", "ts-basic-service", "ts-route-service"],
      ...["ts-train-service", "ts-order-service", "ts-station-service"],
    ],
    entry: "ts-ui-dashboard",
  },
};

/** Of the system's services, those that are elsewhere. */
export const secondNamespace = (namespace: string) => `${namespace}-more`;

/** The graph in a namespace of its own, of these services only. The canary's Service has two ports more. */
export function reducedGraph(
  graph: SystemGraph,
  namespace: string,
  { canary, only, elsewhere = [] }: Reduced,
): SystemGraph {
  const services = graph.services
    .filter(({ name }) => only.includes(name))
    .map((service) => ({
      ...service,
      ...(elsewhere.includes(service.name) && { namespace: secondNamespace(namespace) }),
      ports: service.name === canary ? withMorePorts(service) : service.ports,
    }));
  const known = (name: string) => only.includes(name);
  return {
    ...graph,
    namespace,
    services,
    calls: graph.calls.filter(([from, to]) => known(from) && known(to)),
    entries: graph.entries.filter(({ service }) => known(service)),
    routes: graph.routes.filter(({ service }) => known(service)),
  };
}

/** Kubernetes wants a name for each of several ports. */
function withMorePorts(service: SystemGraph["services"][number]): SystemGraph["services"][number]["ports"] {
  const speaks = spokenBy(service);
  const own = service.ports.map((port) => ({ ...port, name: port.name ?? speaks }));
  const target = own.slice(0, 1).map(({ port, targetPort = port }) => ({ targetPort }))[0];
  return [
    ...own,
    { port: secondPort, name: `${speaks}-metrics`, speaks, ...target },
    { port: furtherPort, name: `${speaks}-further`, speaks, ...target },
  ];
}

/** What the mock in a service's pods speaks. */
export function spokenBy({ ports: [first] }: SystemGraph["services"][number]): "grpc" | "http" {
  return first?.speaks === "grpc" ? "grpc" : "http";
}

/** At most so many of the versions that the system has run. */
const versions = 2;

/** The versions that a service's owner runs; none where its pods say none. */
export function deployedVersions(service: SystemGraph["services"][number]): string[] {
  return service.versions.slice(0, versions);
}

/** How a request names a call of a service, for the mocks on its way. @param port default: the first that the system has */
export function callTo({ services, namespace }: SystemGraph, name: string, port?: number): string {
  const service = services.find((each) => each.name === name);
  if (!service) throw new Error(`${name} is not in the graph`);
  const scheme = spokenBy(service) === "grpc" ? "grpc://" : "";
  return `${scheme}${name}.${service.namespace ?? namespace}:${port ?? service.ports[0]?.port}`;
}

/** Pods of the service by which a system is entered, and the port that they listen on. */
export interface EntryPods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
}

/** @throws Error where the graph has no such service. */
export function entryPods({ services, namespace }: SystemGraph, entry: string | undefined): EntryPods {
  const service = services.find(({ name }) => name === entry);
  const port = service?.ports[0]?.targetPort ?? service?.ports[0]?.port;
  if (!service || port === undefined) throw new Error(`no service ${entry} to enter by`);
  return { namespace: service.namespace ?? namespace, labels: service.labels, port };
}

/** Manifests as somebody else would apply them, with the mock app in every pod. */
export function mockManifests(graph: SystemGraph, canaries: NonNullable<StandIn["canaries"]> = {}) {
  const { ref } = appImage("mock");
  return standInManifests(graph, {
    canaries,
    versions,
    container: (service, version) => {
      const [first] = service.ports;
      const port = first?.targetPort ?? first?.port ?? 8000;
      const grpc = spokenBy(service) === "grpc";
      return {
        image: ref,
        imagePullPolicy: "IfNotPresent",
        ports: [{ containerPort: port }],
        readinessProbe: { ...(grpc ? { grpc: { port } } : { httpGet: { path: "/readyz", port } }), periodSeconds: 2 },
        resources: { requests: { cpu: "10m", memory: "32Mi" } },
        // The image is of a user who may open no port below 1024.
        ...(port < 1024 && { securityContext: { runAsUser: 0 } }),
        env: [
          { name: "SERVICE_NAME", value: service.name },
          { name: "PROTOCOL", value: grpc ? "grpc" : "http" },
          // Of pods that say no version, what the import proposes.
          { name: "VERSION", value: version || "v1" },
          { name: "PORT", value: String(port) },
          { name: "CALLS_HEADER", value: callsHeader },
        ],
      };
    },
  });
}
