import { z } from "zod";
import { isRecord } from "../../tools/values";

/*
 * Finds the way in zod's schemas: what is inside optional, default and transform, and which branch of a union a value is in.
 */

/** The schema that says what a value must be like, without what surrounds it. */
export function unwrap(schema: z.ZodType): z.ZodType {
  const inner = innerOf(schema);
  if (!inner) return schema;
  const bare = unwrap(inner);
  const words = schema.meta();
  // A description on the wrapper is meant for what it wraps, and its examples too.
  return bare.description === undefined && words ? bare.meta(words) : bare;
}

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return asSchema(schema.unwrap());
  return schema instanceof z.ZodPipe ? asSchema(schema.in) : undefined;
}

function asSchema(value: unknown): z.ZodType | undefined {
  return value instanceof z.ZodType ? value : undefined;
}

/** A union whose branches are told by one key. */
export interface Discriminated {
  readonly discriminator: string;
  readonly kinds: readonly string[];
  /** The kind of a value, or the one that it has by default; undefined: none of them. */
  kindOf(value: unknown): string | undefined;
}

export function discriminated(schema: z.ZodType): Discriminated | undefined {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return undefined;
  const { discriminator } = schema.def;
  const branches = branchesOf(schema);
  const kinds = branches.flatMap((branch) => kindsOf(branch, discriminator));
  const byDefault = branches.find((branch) => !isRequired(branch, discriminator));
  return {
    discriminator,
    kinds,
    kindOf: (value) => {
      const kind: unknown = isRecord(value) ? value[discriminator] : undefined;
      if (kind === undefined) return byDefault && kindsOf(byDefault, discriminator)[0];
      return kinds.find((name) => name === kind);
    },
  };
}

/** The kinds of a union that have a key. */
export function kindsWith(schema: z.ZodType, key: string): string[] {
  const union = discriminated(schema);
  if (!union) return [];
  const having = branchesOf(schema).filter((branch) => keysOf(branch, undefined).includes(key));
  return having.flatMap((branch) => kindsOf(branch, union.discriminator));
}

function kindsOf(branch: z.ZodType, discriminator: string): string[] {
  const at = branch instanceof z.ZodObject ? asSchema(branch.shape[discriminator]) : undefined;
  return at ? optionsOf(unwrap(at)) : [];
}

function isRequired(branch: z.ZodType, key: string): boolean {
  return !(branch instanceof z.ZodObject) || !(asSchema(branch.shape[key])?.safeParse(undefined).success ?? false);
}

/** What an enum or a literal can be. */
export function optionsOf(schema: z.ZodType | undefined): string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  return schema instanceof z.ZodLiteral ? [...schema.values].map(String) : [];
}

export function branchesOf(union: z.ZodType): z.ZodType[] {
  return union instanceof z.ZodUnion ? union.options.flatMap((option) => asSchema(option) ?? []).map(unwrap) : [];
}

/** The keys that a map may have; of a union those of the value's kind, or of all branches where no key tells the kind. */
export function keysOf(schema: z.ZodType, value: unknown): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (!discriminated(schema)) return branchesOf(schema).flatMap((branch) => keysOf(branch, value));
  const branch = branchOf(schema, value);
  return branch ? keysOf(branch, value) : [];
}

function branchOf(schema: z.ZodType, value: unknown): z.ZodType | undefined {
  const union = discriminated(schema);
  if (!union) return undefined;
  const kind = union.kindOf(value);
  return kind === undefined
    ? undefined
    : branchesOf(schema).find((branch) => kindsOf(branch, union.discriminator).includes(kind));
}

/** The schema of a value's part. */
export function stepInto(schema: z.ZodType, value: unknown, key: PropertyKey): z.ZodType | undefined {
  const union = discriminated(schema);
  if (union?.discriminator === key) return z.enum(union.kinds);
  if (schema instanceof z.ZodUnion) {
    const candidates = union ? [branchOf(schema, value)] : branchesOf(schema);
    return candidates.flatMap((branch) => (branch && stepInto(branch, value, key)) ?? [])[0];
  }
  const inner =
    schema instanceof z.ZodObject
      ? schema.shape[String(key)]
      : schema instanceof z.ZodArray && typeof key === "number"
        ? schema.element
        : schema instanceof z.ZodRecord && typeof key !== "number"
          ? schema.valueType
          : undefined;
  const part = asSchema(inner);
  return part && unwrap(part);
}

/** The branch of a union without kinds that a value comes closest to; none where all are of another type. */
export function bestBranch(
  union: z.ZodType,
  errors: readonly (readonly z.core.$ZodIssue[])[],
): { readonly branch: z.ZodType; readonly issues: readonly z.core.$ZodIssue[] } | undefined {
  const close = branchesOf(union)
    .map((branch, index) => ({ branch, issues: errors[index] ?? [] }))
    .filter(({ issues }) => !issues.some(({ code, path }) => code === "invalid_type" && path.length === 0));
  return close.sort((a, b) => a.issues.length - b.issues.length)[0];
}

export function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    raw,
  );
}
