import { contentHash } from "../../../components/lanes/object";

/** One random cluster: what others have on it, and what this stack wants there. */
export interface Round {
  readonly title: string;
  readonly namespaces: readonly string[];
  /** Of others. */
  readonly objects: readonly object[];
  /** Those that stand in names which the stack wants, as problems name them. */
  readonly taken: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly changed: Readonly<Record<string, unknown>>;
  /** As kubectl takes them. */
  readonly kinds: string;
}

export type Random = () => number;

/** The same numbers, 0 to 1, for the same seed (mulberry32). */
export function random(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const istio = "networking.istio.io/v1";
const route = { hosts: ["theirs"], http: [{ route: [{ destination: { host: "theirs" } }] }] };
const pods = {
  replicas: 0,
  selector: { matchLabels: { of: "others" } },
  template: { metadata: { labels: { of: "others" } }, spec: { containers: [{ name: "c", image: "theirs:1.0.0" }] } },
};

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly content?: object;
  /** Names that a stack with this namespace and service wants; none of a kind that it never makes. */
  names(namespace: string, service: string): readonly string[];
}

const kinds: readonly Kind[] = [
  { apiVersion: "v1", kind: "Service", content: { spec: { ports: [{ port: 80 }] } }, names: (_, service) => [service] },
  { apiVersion: "v1", kind: "ServiceAccount", names: (_, service) => [service] },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    content: { spec: pods },
    names: (_, service) => [`${service}-v1`, `${service}-v2`],
  },
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    content: { spec: { minAvailable: 1, selector: { matchLabels: { of: "others" } } } },
    names: (_, service) => [`${service}-v1`, `${service}-v2`],
  },
  {
    apiVersion: istio,
    kind: "VirtualService",
    content: { spec: route },
    names: (_, service) => ["lanes", `lanes.${service}`],
  },
  {
    apiVersion: istio,
    kind: "DestinationRule",
    content: { spec: { host: "theirs" } },
    names: (_, service) => [`lanes.${service}`, `lanes.${service}.${contentHash(["v1", "v2"])}`],
  },
  {
    apiVersion: "security.istio.io/v1",
    kind: "AuthorizationPolicy",
    names: (_, service) => [`default-deny.${service}`],
  },
  { apiVersion: "security.istio.io/v1", kind: "PeerAuthentication", names: (_, service) => [`default.${service}`] },
  {
    apiVersion: "istio.alibabacloud.com/v1beta1",
    kind: "ASMHeaderPropagation",
    content: { spec: { headers: ["x"] } },
    names: () => ["lanes"],
  },
  { apiVersion: "v1", kind: "ConfigMap", content: { data: { theirs: "yes" } }, names: () => [] },
  { apiVersion: "v1", kind: "Secret", content: { stringData: { theirs: "yes" } }, names: () => [] },
];
const resources = [
  ...["services", "serviceaccounts", "deployments", "poddisruptionbudgets", "configmaps", "secrets"],
  ...["virtualservices.networking.istio.io", "destinationrules.networking.istio.io"],
  ...["authorizationpolicies.security.istio.io", "peerauthentications.security.istio.io"],
  "asmheaderpropagations.istio.alibabacloud.com",
].join();

/** Every third one has nothing in the way: there the stack is made, changed and removed beside what others have. */
export function rounds(next: Random, count: number): Round[] {
  return Array.from({ length: count }, (_, index) => round(next, index, index % 3 === 0));
}

function round(next: Random, index: number, free: boolean): Round {
  const namespace = `shop-${index}`;
  const services = ["web", "cart"].map((name) => (next() < 0.5 ? name : `${name}-${index}`));
  const wanted = services.flatMap((service) =>
    kinds.flatMap((kind) => kind.names(namespace, service).map((name) => ({ kind, name }))),
  );
  const unique = [...new Map(wanted.map((each) => [`${each.kind.kind}/${each.name}`, each])).values()];
  const some = unique.filter(() => next() < 0.3);
  const taken = free ? [] : some.length > 0 ? some : unique.slice(0, 1);
  const object = ({ apiVersion, kind, content }: Kind, name: string) => ({
    ...{ apiVersion, kind, ...content },
    metadata: { name, namespace, labels: { of: "others" } },
  });
  const labels = { "istio-injection": "enabled", "kept-by": "others" };
  return {
    title: `namespace ${namespace} with ${taken.length} of ${unique.length} names taken`,
    namespaces: [namespace],
    objects: [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "istio-system" } },
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
      // Beside ours, in names that we never use.
      ...kinds.map((kind) => object(kind, "theirs")),
      ...taken.map(({ kind, name }) => object(kind, name)),
    ],
    taken: taken.map(({ kind, name }) => `${kind.kind} ${namespace}/${name}`),
    config: config(namespace, services, ["v1", "v2"]),
    changed: config(namespace, services, ["v1"]),
    kinds: resources,
  };
}

export function config(namespace: string, services: readonly string[], versions: readonly string[]) {
  const workload = {
    image: "registry.example.com/mock:1.0.0",
    namespace,
    port: 8000,
    versions,
    replicas: 0,
    minAvailable: 1,
  };
  const lanes = versions.map((version) => ({
    name: version,
    ...(version !== "v1" && { match: { headers: { "x-lane": version } } }),
  }));
  return {
    mesh: { kind: "asm", version: "1.24.6.64", context: "others", asm: { settleSeconds: 1 } },
    gateway: { loadBalancer: { id: "lb-1", address: "203.0.113.7" } },
    existingNamespaces: [namespace],
    workloads: services.map((name) => ({ name, ...workload })),
    laneGroups: [
      {
        ...{ name: "lanes", mode: "permissive", namespace, baseline: "v1", lanes },
        services: services.map((name) => ({ name, port: 8000, versions })),
        entry: { service: services[0], gateway: "istio-system/ingressgateway", hosts: ["*"] },
        ...{ routeHeader: "x-lane", traceHeader: "baggage" },
      },
    ],
  };
}
