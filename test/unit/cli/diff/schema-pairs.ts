import { isRecord } from "../../../../tools/values";

/** A JSON schema, or a part of one. */
type Schema = Readonly<Record<string, unknown>>;

/** Two values that a key of a schema is the only difference of. */
export interface Pair {
  /** Such as `.entry.hosts[]`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Texts that a key may have where any text would not do: names of what the config has elsewhere, and durations. */
export type Texts = Readonly<Record<string, readonly string[]>>;

/**
 * For every leaf of a schema, pairs of values that differ in it alone: added, removed, and another of its values. Written from the
 * schema, so a key that is added later has its pairs too.
 *
 * @param value what the key has in a config that is right; parts that it lacks are made up.
 */
export function pairsOf(schema: Schema, value: unknown, texts: Texts, key = ""): Pair[] {
  const branches = branchesOf(schema);
  if (branches.length > 0) {
    return branches.flatMap((branch) => pairsOf(branch, fits(branch, value) ? value : undefined, texts, key));
  }
  const { properties, items, additionalProperties } = schema;
  if (isRecord(properties)) {
    const base = { ...sampleRecord(schema, texts), ...(isRecord(value) ? value : {}) };
    const whole = value === undefined ? [{ path: "", before: undefined, after: base }] : [];
    const parts = Object.entries(properties).flatMap(([name, part]) => {
      if (!isRecord(part) || part.const !== undefined) return [];
      return pairsOf(part, Reflect.get(base, name), texts, name).map(({ path, before, after }) => {
        return { path: `.${name}${path}`, before: withKey(base, name, before), after: withKey(base, name, after) };
      });
    });
    return [...whole, ...parts];
  }
  if (isRecord(additionalProperties)) {
    const base = isRecord(value) ? value : {};
    const { propertyNames } = schema;
    const names: readonly unknown[] =
      isRecord(propertyNames) && Array.isArray(propertyNames.enum) ? propertyNames.enum : [];
    const [name = String(names[0] ?? (key === "versions" ? "mockb" : "x-some"))] = Object.keys(base);
    return pairsOf(additionalProperties, base[name], texts, key).map(({ path, before, after }) => {
      return { path: `.*${path}`, before: withKey(base, name, before), after: withKey(base, name, after) };
    });
  }
  if (isRecord(items)) {
    const [first, ...rest]: readonly unknown[] = Array.isArray(value) ? value : [];
    const list = (item: unknown) => (item === undefined ? rest : [item, ...rest]);
    const longer = items.type === "string" && first !== undefined ? choicesOf(items, key, texts) : [];
    const added = longer.filter((item) => item !== first && !rest.includes(item));
    const more = added.map((item) => ({ path: "[]", before: value, after: [first, ...rest, item] }));
    const others = pairsOf(items, first, texts, key).map(({ path, before, after }) => {
      return { path: `[]${path}`, before: list(before), after: list(after) };
    });
    return [...more, ...others];
  }
  const choices = choicesOf(schema, key, texts);
  const others = choices.filter((choice) => choice !== value);
  return [
    ...others.map((after) => ({ path: "", before: value, after })),
    ...(value === undefined && choices.length > 1 ? [{ path: "", before: choices[0], after: choices[1] }] : []),
  ];
}

/** The least that fits. */
function sample(schema: Schema, key: string, texts: Texts): unknown {
  const [branch] = branchesOf(schema);
  if (branch) return sample(branch, key, texts);
  if (schema.const !== undefined) return schema.const;
  if (isRecord(schema.properties)) return sampleRecord(schema, texts);
  if (isRecord(schema.items)) return schema.minItems === undefined ? [] : [sample(schema.items, key, texts)];
  return schema.additionalProperties === undefined ? choicesOf(schema, key, texts)[0] : {};
}

function sampleRecord({ properties, required }: Schema, texts: Texts): Record<string, unknown> {
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.fromEntries(
    Object.entries(isRecord(properties) ? properties : {}).flatMap(([name, part]) =>
      isRecord(part) && names.includes(name) ? [[name, sample(part, name, texts)]] : [],
    ),
  );
}

function branchesOf({ anyOf, oneOf }: Schema): Schema[] {
  const all = anyOf ?? oneOf;
  return Array.isArray(all) ? all.filter(isRecord).filter((branch) => branch.$ref === undefined) : [];
}

/** Whether a value is of a branch, as far as its type and the keys that tell branches apart say. */
function fits(schema: Schema, value: unknown): boolean {
  const branches = branchesOf(schema);
  if (branches.length > 0) return branches.some((branch) => fits(branch, value));
  if (schema.const !== undefined) return schema.const === value;
  if (Array.isArray(schema.enum)) return schema.enum.includes(value);
  const { type, properties } = schema;
  if (type === "array") return Array.isArray(value);
  if (type === "integer" || type === "number") return typeof value === "number";
  if (type !== "object") return type === typeof value;
  if (!isRecord(value) || !isRecord(properties)) return isRecord(value);
  const keys = Object.keys(value);
  return keys.every((name) => {
    const part = properties[name];
    if (!isRecord(part)) return false;
    return part.const === undefined && part.enum === undefined ? true : fits(part, value[name]);
  });
}

function choicesOf(schema: Schema, key: string, texts: Texts): unknown[] {
  if (schema.const !== undefined) return [schema.const];
  if (Array.isArray(schema.enum)) return [...schema.enum];
  const { type, minimum, maximum, examples } = schema;
  if (type === "boolean") return [true, false];
  if (type === "integer" || type === "number") {
    const least = typeof minimum === "number" && Math.abs(minimum) < 1e6 ? minimum : 1;
    const most = typeof maximum === "number" ? maximum : least + 5;
    return [...new Set([Math.min(least + 2, most), Math.min(least + 3, most), least])];
  }
  const known = Object.hasOwn(texts, key) ? texts[key] : undefined;
  if (known) return [...known];
  const [example = "some"]: unknown[] = Array.isArray(examples) ? examples : [];
  return [String(example), `${example}x`];
}

function withKey(base: Readonly<Record<string, unknown>>, name: string, value: unknown): Record<string, unknown> {
  const { [name]: _other, ...rest } = base;
  return value === undefined ? rest : { ...rest, [name]: value };
}
