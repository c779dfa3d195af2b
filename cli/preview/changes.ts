import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { plain, warningOf } from "../pulumi/engine-text";
import { fieldChanges, isMarked } from "./fields";
import type { PreviewReport, ResourceChange } from "./report";

/** What the engine would do with one resource. */
export interface PlannedChange {
  readonly urn: string;
  readonly operation: ResourceChange["operation"];
  readonly fields: ResourceChange["fields"];
  /** Whether the program found the cluster not to be as planned. */
  readonly marked: boolean;
}

/** The steps of a replacement are one change. */
const operations: Readonly<Record<string, ResourceChange["operation"]>> = {
  create: "create",
  import: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
};

const stackType = "pulumi:pulumi:Stack";
const nodeType = "pulumi-nodejs:dynamic:LocalNode";

/** The resources that an update would touch, in the order in which the engine came to them. */
export function plannedChanges(events: readonly EngineEvent[]): PlannedChange[] {
  const changes = new Map<string, PlannedChange>();
  for (const { resourcePreEvent } of events) {
    const step = resourcePreEvent?.metadata;
    const operation = step && operations[step.op];
    if (!operation || step.type === stackType) continue;
    const known = changes.get(step.urn);
    // Of a replacement, the step that makes the new one has both sides.
    if (known && step.op !== "create-replacement" && step.op !== "replace") continue;
    changes.set(step.urn, {
      urn: step.urn,
      operation: known ? "replace" : operation,
      fields: operation === "create" || operation === "delete" ? [] : fieldsOf(step),
      marked: isMarked(step.old?.inputs, step.new?.inputs),
    });
  }
  return [...changes.values()];
}

function fieldsOf({ old, new: next, detailedDiff, diffs }: StepEventMetadata): ResourceChange["fields"] {
  const fields = fieldChanges(old?.inputs, next?.inputs);
  if (fields.length > 0) return fields;
  // A secret is masked on both sides; that it changes is told by its path.
  const paths = detailedDiff ? Object.keys(detailedDiff) : (diffs ?? []);
  return paths
    .filter((path) => !path.startsWith("__") && !/^metadata(\.annotations|$)/.test(path))
    .map((path) => ({ path, before: null, after: null }));
}

/** Number of resources by operation. */
export function countsOf(events: readonly EngineEvent[], changes: readonly PlannedChange[]): PreviewReport["counts"] {
  const summary = events.findLast((event) => event.summaryEvent)?.summaryEvent;
  const counts: Record<string, number> = {};
  for (const { operation } of changes) counts[operation] = (counts[operation] ?? 0) + 1;
  const same = summary?.resourceChanges?.same;
  return { ...counts, ...(same !== undefined && { same }) };
}

/** What is to be known of the whole, where the cluster of this machine has to be started or made first. */
export function clusterNotes(changes: readonly PlannedChange[]): string[] {
  const starts = changes.some(({ urn, operation }) => typeOf(urn) === nodeType && operation === "update");
  if (!starts) return [];
  return [
    "the local cluster does not run as it should, and nobody can look at what is on it: an update starts it, and replaces what is on it only where it is another one then",
  ];
}

/** Policies that are broken. */
export function policyNotes(events: readonly EngineEvent[]): string[] {
  return events.flatMap(({ policyEvent }) => {
    if (!policyEvent) return [];
    const { enforcementLevel, policyName, message, resourceUrn } = policyEvent;
    const where = resourceUrn ? ` (${nameOf(resourceUrn)})` : "";
    return [`policy ${policyName}, ${enforcementLevel}: ${plain(message).trim()}${where}`];
  });
}

/** What the program and the providers warn of, each once. */
export function warnings(events: readonly EngineEvent[]): string[] {
  return [...new Set(events.flatMap((event) => warningOf(event) ?? []))];
}

/** What the config changes and what was changed in the cluster, told apart. */
export function resourceChanges(
  planned: readonly PlannedChange[],
  drift: ReadonlyMap<string, readonly string[]>,
): ResourceChange[] {
  return planned.map(({ urn, operation, fields }) => {
    const found = [...(drift.get(urn) ?? [])];
    // The engine updates what its provider finds to be otherwise, such as a node that does not run.
    const cluster = found.length > 0 || (operation === "update" && fields.length === 0);
    const config = operation === "create" || operation === "delete" || fields.length > 0;
    const cause = cluster ? (config ? "both" : "cluster") : "config";
    return { operation, type: typeOf(urn), name: nameOf(urn), cause, fields: [...fields], drift: found };
  });
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
