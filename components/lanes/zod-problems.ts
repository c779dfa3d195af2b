import { z } from "zod";
import type { Problem } from "../../tools/user-error";
import { didYouMean } from "./suggest";

/**
 * What zod found, in the words of a `Problem`. The description of each schema is the "expected" text.
 *
 * @param schema the schema that was applied, for its keys and descriptions.
 * @param raw the value it was applied to.
 */
export function toProblems(schema: z.ZodType, raw: unknown, error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => issueProblems(schema, raw, issue));
}

function issueProblems(schema: z.ZodType, raw: unknown, issue: z.core.$ZodIssue): Problem[] {
  const at = schemaAt(schema, issue.path);
  const path = formatPath(issue.path);
  const value = valueAt(raw, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = at instanceof z.ZodObject ? Object.keys(at.shape) : [];
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      got: `unknown key ${JSON.stringify(key)}`,
      expected: known.join(", ") || (at?.description ?? "no such key"),
      fix: didYouMean(key, known, "Remove it."),
    }));
  }
  const expected = at?.description ?? issue.message;
  if (value === undefined) return [{ path, got: "missing", expected, fix: `Add ${String(issue.path.at(-1))}.` }];
  return [{ path, got: `got ${JSON.stringify(value)}`, expected, fix: fixOf(at, value) }];
}

function fixOf(schema: z.ZodType | undefined, value: unknown): string {
  if (schema instanceof z.ZodEnum) {
    const options = schema.options.map(String);
    return typeof value === "string"
      ? didYouMean(value, options, `Use ${options.join(" or ")}.`)
      : "Write one of them.";
  }
  if (schema instanceof z.ZodString && ["number", "boolean"].includes(typeof value)) return "Put it in quotes.";
  if (schema instanceof z.ZodArray && !Array.isArray(value)) return "Write a list.";
  return "Correct the value.";
}

/** A copy without the keys that the schema does not know, so that the rest can be judged all the same. */
export function withoutUnknownKeys(raw: unknown, error: z.ZodError): unknown {
  const copy: unknown = structuredClone(raw);
  for (const issue of error.issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const holder = valueAt(copy, issue.path);
    if (typeof holder !== "object" || holder === null) continue;
    for (const key of issue.keys) Reflect.deleteProperty(holder, key);
  }
  return copy;
}

/** `laneGroups[0].lanes[1].weight` */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    raw,
  );
}

/** The schema at a path, without optional and default wrappers. Undefined below unions. */
function schemaAt(root: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let schema: z.ZodType | undefined = unwrap(root);
  for (const key of path) {
    if (schema instanceof z.ZodObject) schema = asSchema(schema.shape[String(key)]);
    else if (schema instanceof z.ZodArray) schema = asSchema(schema.element);
    else if (schema instanceof z.ZodRecord) schema = asSchema(schema.valueType);
    else return undefined;
    schema = schema && unwrap(schema);
  }
  return schema;
}

function unwrap(schema: z.ZodType): z.ZodType {
  const inner =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? asSchema(schema.unwrap()) : undefined;
  if (!inner) return schema;
  const bare = unwrap(inner);
  // A description on the wrapper is meant for what it wraps.
  return bare.description === undefined && schema.description !== undefined ? bare.describe(schema.description) : bare;
}

function asSchema(value: unknown): z.ZodType | undefined {
  return value instanceof z.ZodType ? value : undefined;
}
