import type {
  IstioFact,
  MeshFacts,
  PodFact,
  SecretFact,
  ServiceFact,
} from "../../../../../components/lanes/health/facts";
import { renderIstio, renderSharedFilters } from "../../../../../components/lanes/istio/render";
import { lanePorts } from "../../../../../components/lanes/ports";
import { type LaneGroup, type LaneService, namespacesOf } from "../../../../../components/lanes/spec";
import { versionLabels } from "../../../../../components/lanes/version-labels";
import { stackLabel } from "../../../../../components/live/object";
import { gatewayPods } from "../fixtures";
import { withoutHash } from "../istio/rendered";

/** Of the stack that is judged. */
export const stack = "mesh-lanes.dev";
export const now = Date.parse("2026-06-01T12:00:00Z");
export const day = 24 * 60 * 60 * 1000;

/** A mesh that has just what the plan of the groups wants. A deep copy each time: faults are made by writing into it. */
export function healthyFacts(...groups: readonly LaneGroup[]): Writable<MeshFacts> {
  const services = groups.flatMap((group) => group.services.map((service) => ({ group, service })));
  const pods: PodFact[] = [
    ...services.flatMap(({ group, service }) => service.versions.map((version) => podFact(group, service, version))),
    gatewayPod,
  ].map((each, index) => ({ ...each, addresses: [`10.244.0.${index + 1}`] }));
  const facts: MeshFacts = {
    at: now,
    namespaces: ["default", ...groups.flatMap(namespacesOf)].map((name) => ({
      name,
      labels: { "istio-injection": "enabled" },
    })),
    services: [
      ...services.map(
        ({ service }, index): ServiceFact => ({
          addresses: [`10.96.0.${index + 1}`],
          namespace: service.namespace,
          name: service.name,
          selector: { app: service.name },
          ports: lanePorts(service).map((port) => ({
            ...{ name: port === service.port ? "http" : `http-${port}`, port, targetPort: port },
            protocol: "TCP",
          })),
        }),
      ),
      {
        addresses: ["10.96.1.1"],
        namespace: gatewayPods.namespace,
        name: "istio-ingressgateway",
        selector: gatewayPods.labels,
        ports: [
          { name: "http", port: 80, targetPort: 8080, protocol: "TCP" },
          { name: "https", port: 443, targetPort: 443, protocol: "TCP" },
        ],
      },
    ],
    unread: [],
    workloads: services.flatMap(({ group, service }) =>
      service.versions.map((version) => ({
        kind: "Deployment" as const,
        namespace: service.namespace,
        name: `${service.name}-${version}`,
        replicas: 1,
        templateLabels: labelsOf(group, service, version),
      })),
    ),
    pods,
    istio: [...groups.flatMap(planned), ...gateways(groups)],
    secrets: [],
    controlPlane: {
      answered: 1,
      problems: [],
      connected: pods.map((pod) => `${pod.name}.${pod.namespace}`),
      syncs: pods.map((pod) => ({
        proxy: `${pod.name}.${pod.namespace}`,
        type: "routes",
        acknowledged: true,
        sentAt: now - day,
      })),
      versions: pods.map((pod) => ({
        proxy: `${pod.name}.${pod.namespace}`,
        version: "1.31.0",
        controlPlane: "1.31.2",
      })),
    },
    revisions: { revisions: ["default"], tags: {} },
    accessLogs: { pods: pods.length - 1, strays: [], problems: [] },
  };
  return structuredClone(facts) as Writable<MeshFacts>;
}

/** The same type without `readonly`, all the way down. */
export type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;

const gatewayPod: Omit<PodFact, "addresses"> = {
  namespace: gatewayPods.namespace,
  name: "istio-ingressgateway-1",
  labels: gatewayPods.labels,
  phase: "Running",
  ready: true,
  containers: ["istio-proxy"],
  proxyRevision: "default",
  owner: { kind: "Deployment", name: "istio-ingressgateway" },
  troubles: [],
};

function podFact(group: LaneGroup, service: LaneService, version: string): Omit<PodFact, "addresses"> {
  const { name, namespace } = service;
  return {
    namespace,
    name: `${name}-${version}-x`,
    labels: labelsOf(group, service, version),
    phase: "Running",
    ready: true,
    containers: ["app", "istio-proxy"],
    proxyRevision: "default",
    owner: { kind: "Deployment", name: `${name}-${version}` },
    appVersion: version,
    troubles: [],
  };
}

function labelsOf(group: LaneGroup, service: LaneService, version: string): Record<string, string> {
  return { app: service.name, version, ...versionLabels(group, service, version) };
}

function planned(group: LaneGroup): IstioFact[] {
  const options = { gateway: gatewayPods };
  return [...renderSharedFilters(group, options), ...renderIstio(group, options)].map(({ kind, metadata, spec }) => ({
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    labels: { ...metadata.labels, [stackLabel]: stack },
    createdAt: now - day,
    spec,
  }));
}

function gateways(groups: readonly LaneGroup[]): IstioFact[] {
  return [...new Set(groups.map((group) => group.entry.gateway))].map((gateway) => {
    const [namespace = "", name = ""] = gateway.split("/");
    const servers = [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }];
    return {
      kind: "Gateway",
      namespace,
      name,
      labels: {},
      createdAt: now - day,
      spec: { selector: gatewayPods.labels, servers },
    };
  });
}

export type FactsUnderTest = ReturnType<typeof healthyFacts>;

/** The one entry of a list that fits. @throws when there is none, so that a fault is never made on nothing. */
export function the<T>(list: readonly T[], fits: (entry: T) => boolean): T {
  const found = list.find(fits);
  if (found === undefined) throw new Error("the fixture has no such entry");
  return found;
}

export const pod = (facts: FactsUnderTest, name: string) => the(facts.pods, (entry) => entry.name === `${name}-x`);
export const deployment = (facts: FactsUnderTest, name: string) => the(facts.workloads, (entry) => entry.name === name);
export const service = (facts: FactsUnderTest, name: string) => the(facts.services, (entry) => entry.name === name);
/** @param name `.*` at its end stands for a hash of the content. */
export const istio = (facts: FactsUnderTest, kind: string, name: string) =>
  the(facts.istio, (entry) => entry.kind === kind && [entry.name, withoutHash(entry.name)].includes(name));

/** Takes an Istio object away. */
export function remove(facts: FactsUnderTest, kind: string, name: string): void {
  const gone = istio(facts, kind, name);
  facts.istio = facts.istio.filter((entry) => entry !== gone);
}

/** Makes the gateway's first port one with TLS, and gives it a secret with a good certificate for `hosts`. */
export function withTls(facts: FactsUnderTest, ...hosts: string[]): Writable<SecretFact> {
  istio(facts, "Gateway", "ingressgateway").spec.servers = [
    { port: { number: 443, name: "https", protocol: "HTTPS" }, hosts, tls: { mode: "SIMPLE", credentialName: "cert" } },
  ];
  const secret: Writable<SecretFact> = {
    namespace: "istio-system",
    name: "cert",
    keys: ["tls.crt", "tls.key"],
    certificate: { hosts, notBefore: now - day, notAfter: now + 90 * day, keyBelongs: true },
  };
  facts.secrets.push(secret);
  return secret;
}
