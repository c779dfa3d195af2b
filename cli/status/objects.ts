import { isIP } from "node:net";
import { z } from "zod";
import type {
  ContainerTrouble,
  IstioFact,
  NamespaceFact,
  PodFact,
  ServiceFact,
  WorkloadFact,
  WorkloadKind,
} from "../../components/lanes/health/facts";
import { workloadKinds } from "../../components/lanes/health/facts";
import { type RevisionSources, revisionLabel } from "../../components/lanes/revisions";
import { istioVersion } from "../../tools/mesh/istiod";

/*
 * Kubernetes objects as kubectl prints them -> facts. The schemas name what is read and let the rest pass.
 */

const labels = z.record(z.string(), z.string()).default({});
const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(""),
  labels,
  annotations: labels,
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
});

const ended = z.object({ reason: z.string().optional(), exitCode: z.number(), message: z.string().optional() });
const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  state: z
    .object({
      waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      terminated: ended.optional(),
    })
    .default({}),
  lastState: z.object({ terminated: ended.optional() }).default({}),
});

const container = z.object({
  name: z.string(),
  image: z.string().optional(),
  restartPolicy: z.string().optional(),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
});

const podSchema = z.object({
  metadata,
  spec: z.object({ containers: z.array(container), initContainers: z.array(container).default([]) }),
  status: z.object({
    phase: z.string().default("Unknown"),
    podIPs: z.array(z.object({ ip: z.string() })).default([]),
    conditions: z
      .array(
        z.object({
          type: z.string(),
          status: z.string(),
          reason: z.string().optional(),
          message: z.string().optional(),
        }),
      )
      .default([]),
    containerStatuses: z.array(containerStatus).default([]),
    initContainerStatuses: z.array(containerStatus).default([]),
  }),
});

const serviceSchema = z.object({
  metadata,
  spec: z.object({
    selector: labels,
    // `None` of a headless Service is no address.
    clusterIPs: z.array(z.string()).default([]),
    ports: z
      .array(
        z.object({
          name: z.string().optional(),
          port: z.number(),
          targetPort: z.union([z.number(), z.string()]).optional(),
          protocol: z.string().optional(),
          appProtocol: z.string().optional(),
        }),
      )
      .default([]),
  }),
});

const workloadSchema = z.object({
  metadata,
  spec: z.object({
    replicas: z.number().default(1),
    template: z.object({ metadata: z.object({ labels }).default({ labels: {} }) }),
  }),
  // Of a DaemonSet.
  status: z.object({ desiredNumberScheduled: z.number().default(0) }).default({ desiredNumberScheduled: 0 }),
});

const istioSchema = z.object({ kind: z.string(), metadata, spec: z.record(z.string(), z.unknown()).default({}) });
const listSchema = z.object({ items: z.array(z.looseObject({ kind: z.string() })) });

/** The objects of a list that kubectl printed. */
export function readItems(json: string): readonly { readonly kind: string }[] {
  return listSchema.parse(JSON.parse(json)).items;
}

export function readNamespaces(items: readonly { readonly kind: string }[]): NamespaceFact[] {
  return ofKind(items, "Namespace").map((item) => {
    const { name, labels } = z.object({ metadata }).parse(item).metadata;
    return { name, labels };
  });
}

export function readServices(items: readonly { readonly kind: string }[]): ServiceFact[] {
  return ofKind(items, "Service").map((item) => {
    const { metadata: meta, spec } = serviceSchema.parse(item);
    const { selector, ports, clusterIPs } = spec;
    const addresses = clusterIPs.filter((address) => isIP(address) !== 0);
    return { namespace: meta.namespace, name: meta.name, selector, ports, addresses };
  });
}

export function readWorkloads(items: readonly { readonly kind: string }[]): WorkloadFact[] {
  return workloadKinds.flatMap((kind) =>
    ofKind(items, kind).map((item) => {
      const { metadata: meta, spec, status } = workloadSchema.parse(item);
      const templateLabels = spec.template.metadata.labels;
      const replicas = kind === "DaemonSet" ? status.desiredNumberScheduled : spec.replicas;
      return { kind, namespace: meta.namespace, name: meta.name, replicas, templateLabels };
    }),
  );
}

/** Pods that live: one that has ended, or is being deleted, gets no requests and is replaced by what made it. */
export function readPods(items: readonly { readonly kind: string }[]): PodFact[] {
  return ofKind(items, "Pod").flatMap((item): PodFact[] => {
    const pod = podSchema.parse(item);
    const { metadata: meta, spec, status } = pod;
    if (meta.deletionTimestamp || ["Succeeded", "Failed"].includes(status.phase)) return [];
    const ready = status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
    const owner = ownerOf(meta);
    const appVersion = spec.containers.flatMap(({ env }) => env).find(({ name }) => name === "VERSION")?.value;
    // Istio's injector notes it, at gateways too.
    const revision = meta.annotations[revisionLabel];
    const istiod = spec.containers.find(({ name }) => name === "discovery");
    const istiodVersion = istioVersion(istiod?.image?.split(":").at(-1));
    // A native sidecar is an init container that is started again.
    const stays = spec.initContainers.filter((init) => init.restartPolicy === "Always");
    return [
      {
        namespace: meta.namespace,
        name: meta.name,
        labels: meta.labels,
        phase: status.phase,
        ready,
        containers: [...spec.containers, ...stays].map(({ name }) => name),
        addresses: status.podIPs.map(({ ip }) => ip),
        ...(owner !== undefined && { owner }),
        ...(istiodVersion !== undefined && { istiodVersion }),
        ...(revision !== undefined && { proxyRevision: revision }),
        ...(appVersion !== undefined && { appVersion }),
        troubles: ready ? [] : troublesOf(status),
      },
    ];
  });
}

/** The workload that made a pod. */
function ownerOf(meta: z.infer<typeof metadata>): PodFact["owner"] {
  const name = deploymentOf(meta);
  if (name !== undefined) return { kind: "Deployment", name };
  for (const { kind, name } of meta.ownerReferences) if (isWorkloadKind(kind)) return { kind, name };
  return undefined;
}

function isWorkloadKind(kind: string): kind is WorkloadKind {
  return workloadKinds.some((known) => known === kind);
}

/** A ReplicaSet's name is its Deployment's and the hash of the pod template. */
function deploymentOf(meta: z.infer<typeof metadata>): string | undefined {
  const owner = meta.ownerReferences.find(({ kind }) => kind === "ReplicaSet")?.name;
  const hash = meta.labels["pod-template-hash"];
  return owner !== undefined && hash !== undefined && owner.endsWith(`-${hash}`)
    ? owner.slice(0, -hash.length - 1)
    : undefined;
}

function troublesOf(status: z.infer<typeof podSchema>["status"]): ContainerTrouble[] {
  const unscheduled = status.conditions
    .filter(({ type, status: value }) => type === "PodScheduled" && value === "False")
    .map(({ reason = "Unschedulable", message = "" }) => ({ container: "scheduling", reason, message }));
  const containers = [...status.initContainerStatuses, ...status.containerStatuses].flatMap(
    ({ name, ready, state, lastState }): ContainerTrouble[] => {
      const last = lastState.terminated;
      const exit = last ? `it ended with exit code ${last.exitCode}` : undefined;
      if (state.waiting?.reason && state.waiting.reason !== "PodInitializing") {
        const { reason, message = "" } = state.waiting;
        return [{ container: name, reason, message: reason === "CrashLoopBackOff" ? (exit ?? message) : message }];
      }
      const failed = [state.terminated, ready ? undefined : last].find((end) => end && end.exitCode !== 0);
      if (!failed) return [];
      const { reason = "Error", exitCode, message = `it ended with exit code ${exitCode}` } = failed;
      return [{ container: name, reason, message }];
    },
  );
  return [...unscheduled, ...containers];
}

/** DestinationRules, VirtualServices, EnvoyFilters, Sidecars and Gateways. */
export function readIstio(items: readonly { readonly kind: string }[]): IstioFact[] {
  return ["DestinationRule", "VirtualService", "EnvoyFilter", "Sidecar", "Gateway"]
    .flatMap((kind) => ofKind(items, kind))
    .map((item) => {
      const { kind, metadata: meta, spec } = istioSchema.parse(item);
      const { namespace, name, labels, creationTimestamp } = meta;
      const createdAt = creationTimestamp === undefined ? 0 : Date.parse(creationTimestamp);
      return { kind, namespace, name, labels, createdAt, spec };
    });
}

/** Labels of what tells by which names control planes go: istiod, whether it has pods or not, Services and webhooks. */
export function revisionSources(items: readonly { readonly kind: string }[]): RevisionSources {
  const labelsOf = (...kinds: string[]) =>
    kinds.flatMap((kind) => ofKind(items, kind)).map((item) => z.object({ metadata }).parse(item).metadata.labels);
  return {
    controlPlanes: labelsOf("Deployment", "Pod"),
    services: labelsOf("Service"),
    webhooks: labelsOf("MutatingWebhookConfiguration"),
  };
}

function ofKind(items: readonly { readonly kind: string }[], kind: string) {
  return items.filter((item) => item.kind === kind);
}
