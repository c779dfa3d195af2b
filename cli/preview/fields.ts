import { forceAnnotation, madeAnnotation, writtenAnnotation } from "../../components/live/object";
import { valuePair } from "../../tools/value-pair";
import { isRecord } from "../../tools/values";
import { unknownValue } from "../pulumi/values";
import type { FieldChange } from "./report";

/** Annotations by which the program tells the engine that the cluster is not as planned. */
const marks = [madeAnnotation, writtenAnnotation, forceAnnotation];
const longest = 120;

/** What differs between an object's inputs, leaf by leaf, without the program's own marks and Pulumi's inner keys. */
export function fieldChanges(before: unknown, after: unknown): FieldChange[] {
  const fields: FieldChange[] = [];
  walk(before, after, "", fields);
  return fields;
}

function walk(before: unknown, after: unknown, path: string, fields: FieldChange[]): void {
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (key.startsWith("__") || (path === "metadata.annotations" && marks.includes(key))) continue;
      walk(before[key], after[key], path === "" ? key : `${path}.${key}`, fields);
    }
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const index of before.keys()) walk(before[index], after[index], `${path}[${index}]`, fields);
  } else if (!same(before, after)) {
    const [old, now] = valuePair(words(before), words(after), longest);
    fields.push({ path, before: old, after: now });
  }
}

function same(before: unknown, after: unknown): boolean {
  return isNone(before) ? isNone(after) : JSON.stringify(before) === JSON.stringify(after);
}

/** Annotations that are none come and go with the marks. */
function isNone(value: unknown): boolean {
  return (
    value === undefined || value === null || (isRecord(value) && Object.keys(value).every((key) => marks.includes(key)))
  );
}

function words(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (value === unknownValue) return "known after the update";
  return JSON.stringify(value).replaceAll(unknownValue, "known after the update");
}

/** Whether the program marked an object, because the cluster is not as planned. */
export function isMarked(before: unknown, after: unknown): boolean {
  const [old, now] = [annotationsOf(before), annotationsOf(after)];
  return [madeAnnotation, writtenAnnotation].some((mark) => now[mark] !== undefined && now[mark] !== old[mark]);
}

function annotationsOf(inputs: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(inputs) || !isRecord(inputs.metadata) || !isRecord(inputs.metadata.annotations)) return {};
  return inputs.metadata.annotations;
}
