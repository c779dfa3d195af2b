import { z } from "zod";
import type { Problem } from "../../tools/user-error";
import { isRecord } from "../../tools/values";
import { didYouMean } from "./suggest";
import {
  bestBranch,
  branchesOf,
  discriminated,
  keysOf,
  kindsWith,
  optionsOf,
  stepInto,
  unwrap,
  valueAt,
} from "./zod-walk";

/** What stands in a file where a value is: the text `1.10` of the number 1.1. Undefined where no file has it. */
export type WrittenAt = (path: readonly PropertyKey[]) => unknown;

/**
 * What zod found, in the words of a `Problem`. The description of each schema is the "expected" text.
 *
 * @param schema the schema that was applied, for its keys, kinds and descriptions.
 * @param raw the value it was applied to.
 * @param written the texts of its values, which messages name them by. @default the values themselves
 */
export function toProblems(
  schema: z.ZodType,
  raw: unknown,
  error: z.ZodError,
  written: WrittenAt = () => undefined,
): Problem[] {
  return error.issues.flatMap((issue) => issueProblems(schema, raw, issue, [], written));
}

/** Reports a problem in its own words from inside a schema's transform. */
export function addProblem(
  { issues, value }: { issues: z.core.$ZodRawIssue[]; value: unknown },
  path: readonly PropertyKey[],
  words: Omit<Problem, "path">,
): void {
  issues.push({ code: "custom", input: value, path: [...path], message: words.got, params: { ...words } });
}

/** @param above the path at which `schema` and `raw` are; the issue's own begins there. */
function issueProblems(
  schema: z.ZodType,
  raw: unknown,
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
  written: WrittenAt,
): Problem[] {
  const path = formatPath([...above, ...issue.path]);
  if (issue.code === "custom" && issue.params) {
    const { got, expected, fix } = issue.params;
    return [{ path, got: String(got), expected: String(expected), fix: String(fix) }];
  }
  const at = schemaAt(schema, raw, issue.path);
  const value = valueAt(raw, issue.path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey(at, value, key, formatPath([...above, ...issue.path, key])));
  if (issue.code === "invalid_union" && at && issue.errors.length > 0)
    return unionProblems(at, value, issue, above, written);
  const expected = expectedOf(at, issue);
  if (value === undefined) return [{ path, got: "missing", expected, fix: addFix(at, issue.path.at(-1), expected) }];
  const source = written([...above, ...issue.path]);
  return [{ path, got: `got ${shown(value, source)}`, expected, fix: fixOf(at, value, issue, source) }];
}

/** A value in a message: what its file has, else as JSON. */
function shown(value: unknown, source: unknown): string {
  if (Array.isArray(value) && Array.isArray(source))
    return `[${value.map((item, index) => shown(item, source[index])).join(",")}]`;
  if (isRecord(value) && isRecord(source))
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${shown(item, source[key])}`)
      .join(",")}}`;
  return sourceText(value, source) ?? JSON.stringify(value);
}

/** The text that a file has for a value that is no text; undefined where another one stands there. */
function sourceText(value: unknown, source: unknown): string | undefined {
  if (typeof source !== "string" || source === "") return undefined;
  if (typeof value === "number") return Number(source) === value ? source : undefined;
  if (typeof value === "boolean") return source.toLowerCase() === String(value) ? source : undefined;
  return value === null && /^(~|null)$/i.test(source) ? source : undefined;
}

/** What to do about a plain scalar that is to be a text. */
export function quotesFix(source: string): string {
  return `Put it in quotes: "${source}".`;
}

function inQuotes(value: unknown, source: unknown): string | undefined {
  return typeof value === "number" || typeof value === "boolean"
    ? quotesFix(sourceText(value, source) ?? String(value))
    : undefined;
}

function expectedOf(schema: z.ZodType | undefined, issue: z.core.$ZodIssue): string {
  return schema?.description ?? (either(optionsOf(schema)) || typeInWords(schema) || issue.message);
}

/** Of a schema without a description, so that no message has zod's own words. */
function typeInWords(schema: z.ZodType | undefined): string {
  if (schema instanceof z.ZodString) return "a text";
  if (schema instanceof z.ZodNumber) return schema.isInt ? "a whole number" : "a number";
  if (schema instanceof z.ZodBoolean) return "true or false";
  if (schema instanceof z.ZodArray) return "a list";
  if (schema instanceof z.ZodRecord || schema instanceof z.ZodObject) return "a map";
  return schema instanceof z.ZodUnion ? either([...new Set(branchesOf(schema).map(typeInWords))]) : "";
}

/** A key that this map does not have, and which of its kinds does. */
function unknownKey(schema: z.ZodType | undefined, value: unknown, key: string, path: string): Problem {
  const union = schema && discriminated(schema);
  const kinds = schema ? either(kindsWith(schema, key)) : "";
  if (union && kinds !== "") {
    const { discriminator } = union;
    return {
      path,
      got: `${key} beside ${discriminator} ${union.kindOf(value)}`,
      expected: `only for ${discriminator} ${kinds}`,
      fix: `Remove ${key}, or set ${discriminator}: ${kinds}.`,
    };
  }
  const known = schema ? keysOf(schema, value) : [];
  const fix = didYouMean(key, known, "Remove it.");
  return { path, got: `unknown key ${JSON.stringify(key)}`, expected: known.join(", ") || "no such key", fix };
}

/** Of a union without kinds: the problems of the branch that was meant, else of the whole. */
function unionProblems(
  union: z.ZodType,
  value: unknown,
  issue: z.core.$ZodIssueInvalidUnion,
  above: readonly PropertyKey[],
  written: WrittenAt,
): Problem[] {
  const here = [...above, ...issue.path];
  const expected = expectedOf(union, issue);
  const keys = isRecord(value) ? Object.keys(value) : [];
  const known = branchesOf(union).flatMap((branch) => keysOf(branch, value));
  // One branch may have them all: then one of its values is wrong.
  const together = branchesOf(union).some((branch) => keys.every((key) => keysOf(branch, value).includes(key)));
  if (keys.length > 1 && !together && keys.every((key) => known.includes(key)))
    return [{ path: formatPath(here), got: `got ${keys.join(" and ")}`, expected, fix: "Keep one of them." }];
  const [key, ...more] = keys;
  const maps = branchesOf(union).filter((branch) => keysOf(branch, value).length > 0);
  // Where no map of several has any of them, none is closer than another.
  if (key !== undefined && maps.length > 1 && !keys.some((each) => known.includes(each))) {
    const fix = `Write ${expected}.`;
    if (more.length > 0) {
      const got = `unknown keys ${keys.map((each) => JSON.stringify(each)).join(", ")}`;
      return [{ path: formatPath(here), got, expected, fix }];
    }
    const got = `unknown key ${JSON.stringify(key)}`;
    return [{ path: formatPath([...here, key]), got, expected, fix: didYouMean(key, known, fix) }];
  }
  const best = keys.length > 0 || Array.isArray(value) ? bestBranch(union, issue.errors) : undefined;
  // Of a list, what is wrong with its items; a list of the wrong length may be meant as anything.
  if (!best || (keys.length === 0 && best.issues.some(({ path }) => path.length === 0))) {
    const source = written(here);
    const quotes = branchesOf(union).some((branch) => branch instanceof z.ZodString) && inQuotes(value, source);
    return [
      { path: formatPath(here), got: `got ${shown(value, source)}`, expected, fix: quotes || `Write ${expected}.` },
    ];
  }
  return best.issues.flatMap((inner) => issueProblems(best.branch, value, inner, here, written));
}

/** What to add: the key with something that would be right. */
function addFix(schema: z.ZodType | undefined, key: PropertyKey | undefined, expected: string): string {
  const example = exampleOf(schema) ?? optionsOf(schema)[0];
  if (typeof key === "number" || key === undefined) return `Write ${expected}.`;
  return example === undefined ? `Add ${String(key)}.` : `Add ${String(key)}, such as ${String(key)}: ${example}.`;
}

function fixOf(schema: z.ZodType | undefined, value: unknown, issue: z.core.$ZodIssue, source: unknown): string {
  const names = optionsOf(schema);
  if (names.length > 0) {
    const all = `Use ${names.join(" or ")}.`;
    return typeof value === "string" ? didYouMean(value, names, all) : all;
  }
  const example = exampleOf(schema);
  const such = example === undefined ? "" : `, such as ${example}`;
  if (schema instanceof z.ZodString)
    return inQuotes(value, source) ?? `Write a text${value === "" ? " that is not empty" : ""}${such}.`;
  if (schema instanceof z.ZodNumber) return numberFix(schema, value);
  if (schema instanceof z.ZodBoolean)
    return value === "true" || value === "false" ? `Remove the quotes: ${value}.` : "Write true or false.";
  if (schema instanceof z.ZodArray) {
    if (!Array.isArray(value)) return `Write a list${such || `: [${asItem(schema, value, source)}]`}.`;
    if (issue.code === "too_small") return `Add an item: at least ${issue.minimum}${such}.`;
    if (issue.code === "too_big") return `Keep at most ${issue.maximum} of them.`;
  }
  if (schema instanceof z.ZodRecord) return `Write a map${such}.`;
  const keys = schema ? keysOf(schema, value) : [];
  if (keys.length > 0) return `Write a map with its keys: ${keys.join(", ")}.`;
  return `Write ${expectedOf(schema, issue)}.`;
}

/** A value as the item of a list that was meant. */
function asItem({ element }: z.ZodArray, value: unknown, source: unknown): string {
  const text = sourceText(value, source) ?? scalar(value) ?? "…";
  return element instanceof z.ZodString && typeof value !== "string" && text !== "…" ? `"${text}"` : text;
}

function numberFix({ isInt, minValue, maxValue }: z.ZodNumber, value: unknown): string {
  const safe = (bound: number | null) =>
    bound !== null && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
  const [min, max] = [safe(minValue), safe(maxValue)];
  const range = min === undefined ? "" : ` from ${min}${max === undefined ? "" : ` to ${max}`}`;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  const fits = number >= (min ?? -Infinity) && number <= (max ?? Infinity) && (!isInt || Number.isInteger(number));
  return fits ? `Remove the quotes: ${number}.` : `Write a ${isInt ? "whole " : ""}number${range}.`;
}

function either(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function exampleOf(schema: z.ZodType | undefined): string | undefined {
  const [example] = (schema?.meta()?.examples as unknown[]) ?? [];
  return example === undefined ? undefined : (scalar(example) ?? JSON.stringify(example));
}

function scalar(value: unknown): string | undefined {
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
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

/** The schema at a path: of a union, the branch that the value is in. */
function schemaAt(root: z.ZodType, raw: unknown, path: readonly PropertyKey[]): z.ZodType | undefined {
  let schema: z.ZodType | undefined = unwrap(root);
  path.forEach((key, index) => {
    schema = schema && stepInto(schema, valueAt(raw, path.slice(0, index)), key);
  });
  return schema;
}
