import { isRecord, type UnknownRecord } from "../../tools/values";
import { secretMark, unknownValue } from "../pulumi/values";
import type { AskedResource } from "./program";

/** An object as it is applied. */
export interface Manifest {
  /** The API server that it belongs to: the cluster's, or one of the mesh's own. */
  readonly api: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for an object of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly object: UnknownRecord;
}

/** What `pulumi up` makes, and a manifest cannot say. */
export interface NotRendered {
  readonly what: string;
  readonly why: string;
}

export interface Rendered {
  readonly manifests: readonly Manifest[];
  readonly left: readonly NotRendered[];
}

/** The Kubernetes objects among a program's resources, each once, in the order in which they can be applied. */
export function renderManifests(resources: readonly AskedResource[]): Rendered {
  const manifests: Manifest[] = [];
  const left: NotRendered[] = [];
  for (const resource of resources) {
    const { custom, type } = resource;
    if (!custom || type.startsWith("pulumi:providers:")) continue;
    const found = isObject(type) ? manifestOf(resource) : { what: wordsOf(resource), why: whyNone(type) };
    if ("why" in found) left.push(found);
    else manifests.push(found);
  }
  return {
    manifests: manifests.sort((a, b) => compare(orderOf(a), orderOf(b))),
    left: left.sort((a, b) => compare([a.why, a.what], [b.why, b.what])),
  };
}

function isObject(type: string): boolean {
  return type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");
}

function manifestOf({ inputs, name: resource, provider, type }: AskedResource): Manifest | NotRendered {
  const { apiVersion, kind, metadata } = inputs;
  const { name, namespace = "" } = isRecord(metadata) ? metadata : {};
  const words = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  // The values of a Secret are secret also where nobody knows them yet.
  const secrets =
    kind === "Secret"
      ? ["data", "stringData"].filter((key) => inputs[key] !== undefined)
      : pathsOf(inputs, (value) => isRecord(value) && secretMark in value);
  if (secrets.length > 0) return { what: `${words}: ${secrets.join(", ")}`, why: whySecret };
  const unknown = pathsOf(inputs, (value) => value === unknownValue);
  if (unknown.length > 0) {
    return {
      what: `${words}: ${unknown.join(", ")}`,
      why: "values that nobody knows before `pulumi up` has made something",
    };
  }
  if (
    typeof apiVersion !== "string" ||
    typeof kind !== "string" ||
    typeof name !== "string" ||
    typeof namespace !== "string"
  ) {
    throw new Error(`${resource} of type ${type} has no apiVersion, kind or name`);
  }
  return { api: apiOf(provider), apiVersion, kind, namespace, name, object: sorted(withoutEmpty(inputs)) };
}

const whySecret =
  "secret values, which belong in no file: have them made in the cluster, by cert-manager, External Secrets or `kubectl create secret`";

/** `cluster` for the cluster's own API server, `mesh` for that of a managed mesh. */
function apiOf(provider: string): string {
  return provider.split("-")[0] ?? provider;
}

/** Labels and annotations that are none. */
function withoutEmpty(inputs: UnknownRecord): UnknownRecord {
  const { metadata } = inputs;
  if (!isRecord(metadata)) return inputs;
  const kept = Object.entries(metadata).filter(([, value]) => !isRecord(value) || Object.keys(value).length > 0);
  return { ...inputs, metadata: Object.fromEntries(kept) };
}

function wordsOf({ type, name, inputs }: AskedResource): string {
  if (type !== "kubernetes:helm.sh/v3:Release") return `${type.split(":").at(-1)} ${name}`;
  const { chart, version, name: release, namespace } = inputs;
  return `chart ${chart} ${version ?? ""}, as release ${namespace}/${release}`.replace(" ,", ",");
}

function whyNone(type: string): string {
  if (type.startsWith("kubernetes:helm.sh/")) return "Helm charts: install each by Helm or by your GitOps tool";
  if (type.endsWith(":ProxySync"))
    return "waits between the steps of a change: a tool that applies all at once keeps no order";
  if (type.startsWith("pulumi-nodejs:")) return "done on this machine by `pulumi up`";
  return "resources in an account of Alibaba Cloud";
}

/** Kinds by when they are applied: what others need comes first, and routes come last. */
const ranks: readonly (readonly [number, readonly string[]])[] = [
  [10, ["Namespace"]],
  [20, ["ServiceAccount", "Secret", "ConfigMap", "Certificate"]],
  [30, ["NetworkPolicy", "PeerAuthentication", "AuthorizationPolicy"]],
  // Proxies read these when their pods start.
  [40, ["EnvoyFilter", "Sidecar", "Instrumentation", "OpenTelemetryCollector"]],
  [50, ["Service", "Deployment"]],
  [60, ["Gateway", "IstioGateway", "DestinationRule"]],
  [80, ["VirtualService"]],
];
const otherRank = 70;

export function rankOf(kind: string): number {
  return ranks.find(([, kinds]) => kinds.includes(kind))?.[0] ?? otherRank;
}

function orderOf({ api, kind, namespace, name }: Manifest): readonly string[] {
  return [api, String(rankOf(kind)), kind, namespace, name];
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const other = b[index] ?? "";
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}

/** Where values of a kind stand, such as `spec.clusterIds[0]`. */
function pathsOf(value: unknown, wanted: (value: unknown) => boolean, path = ""): string[] {
  if (wanted(value)) return [path];
  if (Array.isArray(value)) return value.flatMap((each, index) => pathsOf(each, wanted, `${path}[${index}]`));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => pathsOf(each, wanted, path === "" ? key : `${path}.${key}`));
}

const first = ["apiVersion", "kind", "metadata"];

/** The same object with its keys in a fixed order: the same program gives the same bytes. */
function sorted(tree: UnknownRecord): UnknownRecord {
  const keys = Object.keys(tree).sort((a, b) => position(a) - position(b) || (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, sortedValue(tree[key])]));
}

function sortedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedValue);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortedValue(value[key])]),
  );
}

function position(key: string): number {
  const index = first.indexOf(key);
  return index < 0 ? first.length : index;
}
