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
}

export const reduced: Readonly<Partial<Record<SystemName, Reduced>>> = {
  bookinfo: { canary: "reviews", only: ["productpage", "details", "reviews", "ratings"] },
  "hotrod-signadot": { canary: "location", only: ["frontend", "location", "route"] },
  "online-boutique": {
    canary: "cartservice",
    only: ["frontend", "checkoutservice", "cartservice", "currencyservice", "productcatalogservice"],
  },
};

/**
 * The graph in a namespace of its own. A mock speaks one protocol, with callers and with those it calls, and the entry is one of
 * HTTP, so that ports of gRPC are named for HTTP.
 */
export function asHttp(graph: SystemGraph, namespace: string, { canary, only }: Reduced): SystemGraph {
  const services = graph.services
    .filter(({ name }) => only.includes(name))
    .map(({ name, ports, ...service }) => ({
      ...service,
      name,
      ports: [
        ...ports.map((port) => (port.speaks === "grpc" ? { ...port, name: "http", speaks: "http" as const } : port)),
        ...(name === canary
          ? [
              { port: secondPort, name: "http-metrics", speaks: "http" as const, ...target(ports) },
              { port: furtherPort, name: "http-api", speaks: "http" as const, ...target(ports) },
            ]
          : []),
      ],
    }));
  const known = (name: string) => only.includes(name);
  return { ...graph, namespace, services, calls: graph.calls.filter(([from, to]) => known(from) && known(to)) };
}

function target([first]: SystemGraph["services"][number]["ports"]) {
  return first && { targetPort: first.targetPort ?? first.port };
}

/** Manifests as somebody else would apply them, with the mock app in every pod. */
export function mockManifests(graph: SystemGraph, canaries: NonNullable<StandIn["canaries"]> = {}) {
  const { ref } = appImage("mock");
  return standInManifests(graph, {
    canaries,
    versions: 2,
    container: ({ name, ports: [first] }, version) => {
      const port = first?.targetPort ?? first?.port ?? 8000;
      return {
        image: ref,
        imagePullPolicy: "IfNotPresent",
        ports: [{ containerPort: port }],
        readinessProbe: { httpGet: { path: "/readyz", port }, periodSeconds: 2 },
        resources: { requests: { cpu: "10m", memory: "32Mi" } },
        env: [
          { name: "SERVICE_NAME", value: name },
          // Of pods that say no version, what the import proposes.
          { name: "VERSION", value: version || "v1" },
          { name: "PORT", value: String(port) },
          { name: "CALLS_HEADER", value: callsHeader },
        ],
      };
    },
  });
}
