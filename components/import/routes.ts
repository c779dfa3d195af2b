import { isRecord, records, texts, type UnknownRecord } from "../../tools/values";
import { isOfLanes } from "../lanes/object";
import type { Names } from "./calls";
import type { Inventory, KubeService } from "./inventory";
import type { KubeObject } from "./objects";
import type { RoutedShare } from "./versions";

/** A place where requests come in from outside, as somebody has it today. */
export interface FoundEntry {
  /** `VirtualService shop/web` */
  readonly object: string;
  readonly kind: string;
  readonly service: KubeService;
  readonly port?: number;
  readonly hosts: readonly string[];
  /** Gateways of a VirtualService, `namespace/name`. */
  readonly gateways?: readonly string[];
  /** Paths that lead to the service; none: all. */
  readonly paths: readonly EntryPath[];
}

export type EntryPath = { readonly exact: string } | { readonly prefix: string } | { readonly regex: string };

/** Routes of calls within the mesh that somebody has today. */
export interface MeshRoute {
  readonly object: KubeObject;
  readonly services: readonly KubeService[];
  /** What it does, in words. */
  readonly does: string;
}

export function nameOf({ kind, namespace, name }: KubeObject): string {
  return `${kind} ${namespace}/${name}`;
}

/** Objects of others. */
export function ofKind({ others }: Inventory, api: string, ...kinds: readonly string[]): KubeObject[] {
  return others.filter((object) => object.api === api && kinds.includes(object.kind) && !isOfLanes(object));
}

/** Gateways of a VirtualService besides the sidecars; none: it is for calls within the mesh alone. */
export function gatewaysOf({ spec }: KubeObject): string[] {
  return texts(spec.gateways).filter((gateway) => gateway !== "mesh");
}

/** `namespace/name` of gateways that an object may name without its own namespace. */
export function qualifiedGateways({ namespace }: KubeObject, gateways: readonly unknown[]): string[] {
  return texts(gateways).map((name) => (name.includes("/") ? name : `${namespace}/${name}`));
}

/** VirtualServices of others that a gateway follows, with their hosts. */
export function findGatewayRoutes(
  inventory: Inventory,
  gateway: string,
): { readonly object: KubeObject; readonly hosts: readonly string[]; readonly does: string }[] {
  return ofKind(inventory, "networking.istio.io", "VirtualService")
    .filter((object) => boundTo(object, gateway))
    .map((object) => ({ object, hosts: texts(object.spec.hosts), does: whatItDoes(object) }));
}

/** Whether a VirtualService is one of the gateway's. */
function boundTo(object: KubeObject, gateway: string): boolean {
  return qualifiedGateways(object, gatewaysOf(object)).includes(gateway);
}

function routesMesh({ spec }: KubeObject): boolean {
  const gateways = texts(spec.gateways);
  return gateways.length === 0 || gateways.includes("mesh");
}

/** Entries, the surest first: routes of gateways, then Ingresses, then Services that lead outside by themselves. */
export function findEntries(inventory: Inventory, names: Names): FoundEntry[] {
  return joined([
    ...routesOfGateways(inventory).flatMap((object) => virtualServiceEntries(object, names)),
    ...ofKind(inventory, "gateway.networking.k8s.io", "HTTPRoute", "GRPCRoute").flatMap((object) =>
      httpRouteEntries(object, names),
    ),
    ...ofKind(inventory, "networking.k8s.io", "Ingress").flatMap((object) => ingressEntries(object, names)),
    ...inventory.services
      .filter(({ type }) => type === "LoadBalancer" || type === "NodePort")
      .map((service) => ({
        object: `Service ${service.namespace}/${service.name}`,
        ...{ kind: `Service of type ${service.type}`, service, hosts: ["*"], paths: [] },
      })),
  ]);
}

/** The paths of one object to one service together; where one of them is any path, it is any path. */
function joined(entries: readonly FoundEntry[]): FoundEntry[] {
  const first = new Map<string, FoundEntry>();
  for (const entry of entries) {
    const key = `${entry.object} ${entry.service.namespace}/${entry.service.name} ${entry.hosts.join()}`;
    const known = first.get(key);
    const any = known?.paths.length === 0 || entry.paths.length === 0;
    first.set(key, known ? { ...known, paths: any ? [] : [...known.paths, ...entry.paths] } : entry);
  }
  return [...first.values()];
}

function virtualServiceEntries(object: KubeObject, names: Names): FoundEntry[] {
  const hosts = texts(object.spec.hosts).map((host) => host.slice(host.indexOf("/") + 1).toLowerCase());
  return records(object.spec.http).flatMap((route) => {
    const [target] = destinationsOf(route).sort((a, b) => b.weight - a.weight);
    const service = target && names.find(target.host, object.namespace);
    if (typeof service !== "object") return [];
    const paths = records(route.match).map(({ uri }) => pathOf(uri));
    return [
      {
        object: nameOf(object),
        ...{ kind: object.kind, service, hosts },
        gateways: qualifiedGateways(object, gatewaysOf(object)),
        ...(target?.port !== undefined && { port: target.port }),
        paths: paths.some((path) => path === undefined) ? [] : paths.flatMap((path) => path ?? []),
      },
    ];
  });
}

function pathOf(uri: unknown): EntryPath | undefined {
  if (!isRecord(uri)) return undefined;
  if (typeof uri.exact === "string") return { exact: uri.exact };
  if (typeof uri.prefix === "string") return uri.prefix === "/" ? undefined : { prefix: uri.prefix };
  return typeof uri.regex === "string" ? { regex: uri.regex } : undefined;
}

function httpRouteEntries(object: KubeObject, names: Names): FoundEntry[] {
  const parents = records(object.spec.parentRefs);
  if (parents.every(({ kind }) => kind === "Service")) return [];
  const hosts = texts(object.spec.hostnames).map((host) => host.toLowerCase());
  return records(object.spec.rules).flatMap((rule) => {
    const [backend] = records(rule.backendRefs);
    const namespace = typeof backend?.namespace === "string" ? backend.namespace : object.namespace;
    const service = typeof backend?.name === "string" ? names.find(backend.name, namespace) : undefined;
    if (typeof service !== "object") return [];
    const paths = records(rule.matches).map(({ path }) => {
      const { type = "PathPrefix", value } = isRecord(path) ? path : {};
      if (typeof value !== "string" || (type === "PathPrefix" && value === "/")) return undefined;
      return type === "Exact" ? { exact: value } : type === "PathPrefix" ? { prefix: value } : { regex: value };
    });
    return [
      {
        object: nameOf(object),
        ...{ kind: object.kind, service, hosts: hosts.length > 0 ? hosts : ["*"] },
        ...(typeof backend?.port === "number" && { port: backend.port }),
        paths: paths.some((path) => path === undefined) ? [] : paths.flatMap((path) => path ?? []),
      },
    ];
  });
}

function ingressEntries(object: KubeObject, names: Names): FoundEntry[] {
  const entry = (backend: unknown, host: unknown, path?: EntryPath): FoundEntry[] => {
    const named = isRecord(backend) && isRecord(backend.service) ? backend.service : {};
    const service = typeof named.name === "string" ? names.find(named.name, object.namespace) : undefined;
    if (typeof service !== "object") return [];
    const number = isRecord(named.port) ? named.port.number : undefined;
    return [
      {
        object: nameOf(object),
        ...{ kind: object.kind, service, hosts: [typeof host === "string" ? host.toLowerCase() : "*"] },
        ...(typeof number === "number" && { port: number }),
        paths: path ? [path] : [],
      },
    ];
  };
  const rules = records(object.spec.rules).flatMap(({ host, http }) =>
    records(isRecord(http) ? http.paths : undefined).flatMap(({ path, pathType, backend }) => {
      if (typeof path !== "string" || path === "/") return entry(backend, host);
      return entry(backend, host, pathType === "Exact" ? { exact: path } : { prefix: path });
    }),
  );
  return [...rules, ...entry(object.spec.defaultBackend, undefined)];
}

/** Routes of others that sidecars follow for these services. */
export function findMeshRoutes(inventory: Inventory, names: Names): MeshRoute[] {
  const istio = ofKind(inventory, "networking.istio.io", "VirtualService").filter(routesMesh);
  const api = ofKind(inventory, "gateway.networking.k8s.io", "HTTPRoute", "GRPCRoute").filter(({ spec }) =>
    records(spec.parentRefs).some(({ kind }) => kind === "Service"),
  );
  return [
    ...istio.map((object) => ({
      object,
      services: servicesOf(texts(object.spec.hosts), object, names),
      does: whatItDoes(object),
    })),
    ...api.map((object) => {
      const hosts = records(object.spec.parentRefs).flatMap(({ name }) => (typeof name === "string" ? name : []));
      return { object, services: servicesOf(hosts, object, names), does: "routes calls to it" };
    }),
  ].filter(({ services }) => services.length > 0);
}

function servicesOf(hosts: readonly string[], { namespace }: KubeObject, names: Names): KubeService[] {
  return hosts.flatMap((host) => {
    const found = names.find(host, namespace);
    return typeof found === "object" ? [found] : [];
  });
}

interface Destination {
  readonly host: string;
  readonly subset?: string;
  readonly port?: number;
  readonly weight: number;
}

/** Where a route leads, with its shares. */
export function destinationsOf(route: UnknownRecord): Destination[] {
  const all = records(route.route);
  return all.flatMap(({ destination, weight }) => {
    if (!isRecord(destination) || typeof destination.host !== "string") return [];
    const { host, subset, port } = destination;
    const number = isRecord(port) ? port.number : undefined;
    return [
      {
        host,
        weight: typeof weight === "number" ? weight : 100 / all.length,
        ...(typeof subset === "string" && { subset }),
        ...(typeof number === "number" && { port: number }),
      },
    ];
  });
}

/** Routes of gateways that are somebody else's. */
export function routesOfGateways(inventory: Inventory): KubeObject[] {
  return ofKind(inventory, "networking.istio.io", "VirtualService").filter((object) => gatewaysOf(object).length > 0);
}

function whatItDoes({ spec }: KubeObject): string {
  const parts = records(spec.http).map((route) => {
    const to = destinationsOf(route).map(({ host, subset, weight }) => `${subset ?? host} ${Math.round(weight)} %`);
    const extras = [
      "fault",
      "mirror",
      "mirrors",
      "timeout",
      "retries",
      "corsPolicy",
      "rewrite",
      "headers",
      "redirect",
    ].filter((key) => key in route);
    const when = records(route.match).length > 0 ? "some requests: " : "";
    return `${when}${[to.join(", "), ...extras].filter(Boolean).join(", ")}`;
  });
  const others = ["tcp", "tls"].filter((key) => records(spec[key]).length > 0).map((key) => `${key} routes`);
  return [...parts, ...others].join("; ") || "no route";
}

/** A DestinationRule of others for a service. */
export interface ServiceRules {
  readonly object: KubeObject;
  readonly service: KubeService;
  readonly subsets: readonly { readonly name: string; readonly labels: UnknownRecord }[];
}

export function findServiceRules(inventory: Inventory, names: Names): ServiceRules[] {
  return ofKind(inventory, "networking.istio.io", "DestinationRule").flatMap((object) => {
    const service = typeof object.spec.host === "string" ? names.find(object.spec.host, object.namespace) : undefined;
    if (typeof service !== "object") return [];
    const subsets = records(object.spec.subsets).flatMap(({ name, labels }) =>
      typeof name === "string" ? [{ name, labels: isRecord(labels) ? labels : {} }] : [],
    );
    return [{ object, service, subsets }];
  });
}

/** What existing routes give each version: the last rule is the one of requests that nothing singles out. */
export function routedShares(
  routes: readonly MeshRoute[],
  rules: readonly ServiceRules[],
  names: Names,
  versionIn: (labels: UnknownRecord, service: KubeService) => string | undefined,
): RoutedShare[] {
  return routes.flatMap(({ object }) => {
    const last = records(object.spec.http).findLast((route) => records(route.match).length === 0);
    return (last ? destinationsOf(last) : []).flatMap(({ host, subset, weight }) => {
      const service = names.find(host, object.namespace);
      if (typeof service !== "object") return [];
      const labels = rules
        .filter((rule) => rule.service === service)
        .flatMap(({ subsets }) => subsets)
        .find(({ name }) => name === subset)?.labels;
      const version = labels && versionIn(labels, service);
      return version === undefined ? [] : [{ service, version, weight }];
    });
  });
}
