import { z } from "zod";
import type { Problem } from "../../tools/user-error";
import { asRecord, records } from "../../tools/values";
import { isDnsLabel } from "../lanes/syntax";
import { type KubeObject, placeName, type ReadObjects } from "./objects";

type Labels = Readonly<Record<string, string>>;

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** Transport: TCP, UDP or SCTP. */
  readonly transport: string;
  readonly appProtocol?: string;
}

export interface KubeService {
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  /** It has no address of its own: callers choose a pod. */
  readonly headless: boolean;
  /** Empty: nobody knows its pods. */
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
}

/** A text in which a pod may name a service, and what it is called in messages. The text itself is never printed. */
export interface PodText {
  /** `env CART_ADDR of container server`. */
  readonly where: string;
  /** Name of the variable, for those who judge by it; "" elsewhere. */
  readonly variable: string;
  readonly text: string;
}

/** Whatever makes pods from a template. */
export interface KubeWorkload {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Labels of its pods. */
  readonly labels: Labels;
  readonly texts: readonly PodText[];
  /** What the pod template says of the sidecar; undefined: it leaves it to the namespace. */
  readonly injected?: boolean;
  /** Name in the namespace -> ConfigMaps that its pods read. */
  readonly configMaps: readonly string[];
  readonly images: readonly string[];
}

/** What was found, by what it is to lanes. */
export interface Inventory {
  readonly services: readonly KubeService[];
  readonly workloads: readonly KubeWorkload[];
  /** Of Istio, Gateway API, Argo Rollouts and Flagger; and Ingress, Namespace. As they are. */
  readonly others: readonly KubeObject[];
  /** ConfigMaps that name is read by no pod template. */
  readonly unreadConfigMaps: readonly (PodText & { readonly namespace: string })[];
  /** Kind -> how many there are, of kinds that say nothing about lanes. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly secrets: number;
  /** Documents that are no objects of Kubernetes. */
  readonly foreign: number;
  readonly broken: readonly Problem[];
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const serviceSchema = z.looseObject({
  type: z.string().nullish(),
  clusterIP: z.string().nullish(),
  selector: z.record(z.string(), text).nullish(),
  ports: z
    .array(
      z.looseObject({
        name: z.string().nullish(),
        port: z.number().int().min(1).max(65535),
        protocol: z.string().nullish(),
        appProtocol: z.string().nullish(),
      }),
    )
    .nullish(),
});

const containerSchema = z.looseObject({
  name: z.string(),
  image: z.string().nullish(),
  command: z.array(text).nullish(),
  args: z.array(text).nullish(),
  env: z
    .array(z.looseObject({ name: z.string(), value: text.nullish(), valueFrom: z.looseObject({}).nullish() }))
    .nullish(),
  envFrom: z.array(z.looseObject({})).nullish(),
});

const templateSchema = z.looseObject({
  metadata: z
    .looseObject({ labels: z.record(z.string(), text).nullish(), annotations: z.record(z.string(), text).nullish() })
    .nullish(),
  spec: z.looseObject({ containers: z.array(containerSchema).min(1), volumes: z.array(z.looseObject({})).nullish() }),
});

/** Kinds that this knows by their API group, beside Services, ConfigMaps and all that has a pod template. */
const knownKinds: Readonly<Record<string, readonly string[]>> = {
  "": ["Namespace"],
  "networking.istio.io": ["VirtualService", "DestinationRule", "Gateway", "Sidecar"],
  "gateway.networking.k8s.io": ["Gateway", "HTTPRoute", "GRPCRoute"],
  "networking.k8s.io": ["Ingress"],
  "flagger.app": ["Canary"],
};

/** Pods of these serve nobody. */
const jobs = new Set(["Job", "CronJob"]);

/** @param foreign how many documents were no objects of Kubernetes. */
export function takeInventory({ objects, broken, secrets }: ReadObjects, foreign = 0): Inventory {
  const problems: Problem[] = [...broken];
  const services: KubeService[] = [];
  const workloads: KubeWorkload[] = [];
  const others: KubeObject[] = [];
  const unknown: Record<string, number> = {};
  const configMaps = objects.filter(({ kind, api }) => kind === "ConfigMap" && api === "");
  for (const object of objects) {
    const { kind, api, spec } = object;
    if (!isDnsLabel(object.namespace) || (kind === "Service" && !isDnsLabel(object.name))) {
      problems.push(badName(object));
      continue;
    }
    if (kind === "Service" && api === "") {
      const { data, error } = serviceSchema.safeParse(spec);
      if (data) services.push(toService(object, data));
      else problems.push(brokenSpec(object, error.issues[0]));
      continue;
    }
    const template = kind === "Pod" && api === "" ? { metadata: { labels: object.labels }, spec } : spec.template;
    if (template !== undefined && !jobs.has(kind) && !object.owned) {
      const { data, error } = templateSchema.safeParse(template);
      if (data) workloads.push(toWorkload(object, data, configMaps));
      else problems.push(brokenSpec(object, error.issues[0]));
    }
    // A Rollout has a template, and tells of routes too.
    if (knownKinds[api]?.includes(kind) || kind === "Rollout") others.push(object);
    else if (kind !== "ConfigMap" && (template === undefined || jobs.has(kind)))
      unknown[kind] = (unknown[kind] ?? 0) + 1;
  }
  const read = new Set(
    workloads.flatMap(({ namespace, configMaps: names }) => names.map((name) => `${namespace}/${name}`)),
  );
  const unreadConfigMaps = configMaps
    .filter(({ namespace, name }) => !read.has(`${namespace}/${name}`))
    .flatMap((map) => mapTexts(map).map((each) => ({ ...each, namespace: map.namespace })));
  return { services, workloads, others, unreadConfigMaps, unknown, secrets, foreign, broken: problems };
}

function toService({ name, namespace }: KubeObject, spec: z.output<typeof serviceSchema>): KubeService {
  return {
    name,
    namespace,
    type: spec.type ?? "ClusterIP",
    headless: spec.clusterIP === "None",
    selector: spec.selector ?? {},
    ports: (spec.ports ?? []).map((port) => ({
      name: port.name ?? "",
      port: port.port,
      transport: port.protocol ?? "TCP",
      ...(port.appProtocol && { appProtocol: port.appProtocol }),
    })),
  };
}

function toWorkload(
  { kind, name, namespace }: KubeObject,
  { metadata, spec }: z.output<typeof templateSchema>,
  configMaps: readonly KubeObject[],
): KubeWorkload {
  const labels = metadata?.labels ?? {};
  const inject = labels["sidecar.istio.io/inject"] ?? metadata?.annotations?.["sidecar.istio.io/inject"];
  const maps = configMaps.filter((map) => map.namespace === namespace);
  const mounted = new Set((spec.volumes ?? []).flatMap(volumeMaps));
  const read = spec.containers.map((container) => containerTexts(container, maps));
  const whole = maps.filter((map) => mounted.has(map.name)).flatMap(mapTexts);
  return {
    ...{ kind, name, namespace, labels },
    texts: [...read.flatMap(({ texts }) => texts), ...whole],
    ...(inject !== undefined && { injected: inject === "true" }),
    configMaps: [...mounted, ...read.flatMap(({ names }) => names)],
    images: spec.containers.flatMap(({ image }) => image ?? []),
  };
}

/** Values from Secrets are never looked at. */
function containerTexts(container: z.output<typeof containerSchema>, maps: readonly KubeObject[]) {
  const of = `of container ${container.name}`;
  const names: string[] = [];
  const named = (reference: unknown): KubeObject | undefined => {
    const { name } = asRecord(reference);
    if (typeof name === "string") names.push(name);
    return maps.find((map) => map.name === name);
  };
  const texts: PodText[] = [];
  for (const { name, value, valueFrom } of container.env ?? []) {
    const { configMapKeyRef } = valueFrom ?? {};
    const key = asRecord(configMapKeyRef).key;
    const given = value ?? (typeof key === "string" ? named(configMapKeyRef)?.data[key] : undefined);
    if (typeof given === "string") texts.push({ where: `env ${name} ${of}`, variable: name, text: given });
  }
  for (const { configMapRef } of container.envFrom ?? []) {
    const map = named(configMapRef);
    if (map) texts.push(...mapTexts(map).map((entry) => ({ ...entry, variable: entry.where.split(" ").at(-1) ?? "" })));
  }
  for (const [index, word] of [...(container.command ?? []), ...(container.args ?? [])].entries())
    texts.push({ where: `argument ${index + 1} ${of}`, variable: "", text: word });
  return { texts, names };
}

function mapTexts({ name, data }: KubeObject): PodText[] {
  return Object.entries(data).flatMap(([key, value]) =>
    typeof value === "string" ? [{ where: `ConfigMap ${name}, key ${key}`, variable: "", text: value }] : [],
  );
}

function volumeMaps(volume: Readonly<Record<string, unknown>>): string[] {
  const sources = [volume, ...records(asRecord(volume.projected).sources)];
  return sources.flatMap(({ configMap }) => {
    const { name } = asRecord(configMap);
    return typeof name === "string" ? [name] : [];
  });
}

function brokenSpec({ kind, namespace, name, place }: KubeObject, issue: z.core.$ZodIssue | undefined): Problem {
  const got = `${kind} ${namespace}/${name}: ${issue?.path.join(".") || "spec"} is missing or of the wrong type`;
  const expected = `a ${kind} that Kubernetes takes`;
  return { path: placeName(place), got, expected, fix: "Correct it; until then it is left out." };
}

function badName({ kind, place }: KubeObject): Problem {
  const got = `${kind}, whose name or namespace Kubernetes does not take`;
  const expected = "names of at most 63 characters: a-z, 0-9 and '-'";
  return { path: placeName(place), got, expected, fix: "Render the template first, or correct the name." };
}
