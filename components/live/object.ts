import { isRecord, type UnknownRecord } from "../../tools/values";

/** Label of every object that a stack makes: its value names the stack. */
export const stackLabel = "mesh-lanes/stack";
/** Label of what several stacks make and use together: it stays the first one's, and every one may have it. */
export const sharedLabel = "mesh-lanes/shared";
/** Annotation with the time at which an object was made, or made again after it had been deleted. */
export const madeAnnotation = "mesh-lanes/made";
/** Annotation with the time at which an object was last written over because it differed from the plan. */
export const writtenAnnotation = "mesh-lanes/written";
/** Tells Pulumi's provider to take fields over that somebody else has written since. */
export const forceAnnotation = "pulumi.com/patchForce";

export type Texts = Readonly<Record<string, string>>;
export type Tree = UnknownRecord;

/** An object as the cluster has it. */
export interface LiveObject {
  readonly kind: string;
  /** Empty for an object of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** Another one than before means another object in the same name. */
  readonly uid: string;
  readonly labels: Texts;
  readonly annotations: Texts;
  /** Who has written it, as they call themselves (`kubectl-create`, `helm`, `pulumi-kubernetes-1a2b3c4d`). */
  readonly managers: readonly string[];
  /** All but apiVersion, kind, metadata and status. */
  readonly content: Tree;
  /** Which fields Pulumi has applied, as Kubernetes writes it (`fieldsV1`). */
  readonly applied: Tree;
}

/** Tells objects of a cluster apart. */
export function liveKey(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

/** The value of {@link stackLabel}: project and stack, as far as a label can hold them. */
export function stackName(project: string, stack: string): string {
  const text = `${project}.${stack}`.replace(/[^A-Za-z0-9._-]/g, "-");
  return text.slice(0, 63).replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}

/** An object that kubectl printed with `--show-managed-fields`. @returns undefined for anything else. */
export function readLiveObject(item: unknown): LiveObject | undefined {
  if (!isRecord(item) || typeof item.kind !== "string" || !isRecord(item.metadata)) return undefined;
  const { apiVersion: _api, kind, metadata, status: _status, ...content } = item;
  const { name, namespace, uid, labels, annotations, managedFields } = metadata;
  if (typeof name !== "string") return undefined;
  return {
    kind,
    name,
    namespace: typeof namespace === "string" ? namespace : "",
    uid: typeof uid === "string" ? uid : "",
    labels: texts(labels),
    annotations: texts(annotations),
    managers: managersOf(managedFields),
    content,
    applied: appliedFields(managedFields),
  };
}

function texts(value: unknown): Texts {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** What writes the status of an object does not own it. */
function managersOf(managed: unknown): string[] {
  const entries: unknown[] = Array.isArray(managed) ? managed : [];
  const names = entries.flatMap((entry) =>
    isRecord(entry) && entry.subresource === undefined && typeof entry.manager === "string" ? [entry.manager] : [],
  );
  return [...new Set(names)];
}

function appliedFields(managed: unknown): Tree {
  if (!Array.isArray(managed)) return {};
  return managed
    .filter((entry: unknown) => isRecord(entry) && entry.operation === "Apply" && isPulumi(entry.manager))
    .reduce((all: Tree, entry: Tree) => merged(all, isRecord(entry.fieldsV1) ? entry.fieldsV1 : {}), {});
}

function isPulumi(manager: unknown): boolean {
  return typeof manager === "string" && manager.startsWith("pulumi-kubernetes");
}

function merged(left: Tree, right: Tree): Tree {
  const result: Record<string, unknown> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const other = result[key];
    result[key] = isRecord(other) && isRecord(value) ? merged(other, value) : value;
  }
  return result;
}
