import { isRecord } from "../../tools/values";
import { compare, type PatchOperation } from "./compare";
import {
  forceAnnotation,
  type LiveObject,
  madeAnnotation,
  stackLabel,
  type Texts,
  type Tree,
  writtenAnnotation,
} from "./object";

/** An object's arguments: metadata and everything else. */
export interface Planned {
  readonly metadata: { readonly labels: Texts; readonly annotations: Texts };
  readonly content: Tree;
}

/** What a plan has to say of one object, so that the engine makes the cluster as planned. */
export interface Judgement {
  /** Annotations beside those of the plan. */
  readonly annotations: Texts;
  /** Another value than before has the object made again: an update of one that is gone fails. */
  readonly made: string;
  /** Whether others are to hold the number of replicas, which only Pulumi holds so far: left alone by both, it would become 1. */
  readonly handOver: boolean;
  /** What is to be taken out of the live object before it is written. */
  readonly strays: readonly PatchOperation[];
}

/**
 * The engine compares the program with its state, and neither knows what happened in the cluster: an object was edited or
 * deleted, or an update was killed after the API server had taken a change and before the state had. So the program marks what
 * differs: another time in an annotation is a change that the engine sees, and with it the whole object is written. The time
 * stays on the object until the next one, and so in the program, which reads it there.
 *
 * An object that differs because the plan has changed is marked too. That costs nothing: it is written anyway.
 *
 * @param live undefined: the cluster does not have it.
 * @param kind see `WatchedKind`; `patch`: only metadata is added to an object of somebody else.
 * @param now the time of this update.
 */
export function judge(
  planned: Planned,
  live: LiveObject | undefined,
  { whole, patch = false }: { readonly whole: boolean; readonly patch?: boolean },
  now: string,
): Judgement {
  if (patch) return judgePatch(planned.metadata, live, now);
  if (!live) return { annotations: { [madeAnnotation]: now }, made: now, handOver: false, strays: [] };
  const { paths, strays } = differencesOf(planned, live, whole);
  const kept = Object.fromEntries(
    [madeAnnotation, writtenAnnotation, forceAnnotation].flatMap((key) => {
      const value = live.annotations[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const made = live.annotations[madeAnnotation] ?? "";
  const ours = live.labels[stackLabel] === planned.metadata.labels[stackLabel];
  const handOver =
    ours && live.kind === "Deployment" && at(planned.content, "spec", "replicas") === undefined && holds(live);
  if (paths.length === 0 || !ours) return { annotations: kept, made, handOver, strays: [] };
  return { annotations: { ...kept, [writtenAnnotation]: now, [forceAnnotation]: "true" }, made, handOver, strays };
}

/** Where a live object is not as planned, and what somebody else has added to it. */
export function differencesOf(
  { metadata, content }: Planned,
  live: LiveObject,
  whole: boolean,
): { readonly paths: readonly string[]; readonly strays: readonly PatchOperation[] } {
  const { differences, strays } = compare(encoded(content), live.content, live.applied, whole);
  return { paths: [...differences, ...metadataDifferences(metadata, live)], strays };
}

function metadataDifferences({ labels, annotations }: Planned["metadata"], live: LiveObject): string[] {
  return [
    ...missing(labels, live.labels).map((key) => `metadata.labels.${key}`),
    ...missing(annotations, live.annotations).map((key) => `metadata.annotations.${key}`),
  ];
}

/** What is only added to belongs to somebody else: it is never made, and nothing of it is taken by force. */
function judgePatch(wanted: Planned["metadata"], live: LiveObject | undefined, now: string): Judgement {
  const written = live?.annotations[writtenAnnotation];
  const same = live !== undefined && metadataDifferences(wanted, live).length === 0;
  const annotations: Texts = same
    ? written === undefined
      ? {}
      : { [writtenAnnotation]: written }
    : { [writtenAnnotation]: now };
  return { annotations, made: "", handOver: false, strays: [] };
}

/** Whether Pulumi has applied the number of replicas. */
function holds({ applied }: LiveObject): boolean {
  return at(applied, "f:spec", "f:replicas") !== undefined;
}

function at(tree: Tree, first: string, second: string): unknown {
  const inner = tree[first];
  return isRecord(inner) ? inner[second] : undefined;
}

function missing(wanted: Texts, found: Texts): string[] {
  return Object.keys(wanted).filter((key) => found[key] !== wanted[key]);
}

/** A Secret is written as text and read as base64. */
function encoded({ stringData, ...content }: Tree): Tree {
  if (!isRecord(stringData)) return content;
  const data = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]);
  return { ...content, data: { ...(isRecord(content.data) ? content.data : {}), ...Object.fromEntries(data) } };
}
