import { isRecord } from "../../../../tools/values";

/** A value that two trees have otherwise; undefined: one of them has none. */
export interface Difference {
  /** Keys from the top; an item of a list of named things has its name, any other its place as `[0]`. */
  readonly path: readonly string[];
  /** Where it stands in the second tree, or would stand. */
  readonly place: readonly (string | number)[];
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between two trees of plain data: leaf by leaf, and a part that only one has as a whole. */
export function differences(before: unknown, after: unknown): Difference[] {
  return walk(before, after, { path: [], place: [] });
}

type Where = Pick<Difference, "path" | "place">;

function walk(before: unknown, after: unknown, where: Where): Difference[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return keys.flatMap((key) => walk(before[key], after[key], step(where, key, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) return walkLists(before, after, where);
  return same(before, after) ? [] : [{ ...where, before, after }];
}

function walkLists(before: readonly unknown[], after: readonly unknown[], where: Where): Difference[] {
  if (same(before, after)) return [];
  const [old, now] = [namesOf(before), namesOf(after)];
  if (old && now) return walkNamed({ names: old, items: before }, { names: now, items: after }, where);
  if (![...before, ...after].every(isRecord)) return [{ ...where, before, after }];
  const lacking = (items: readonly unknown[], others: readonly unknown[]) =>
    [...items.entries()].filter(([, item]) => !others.some((other) => same(item, other)));
  const [gone, come] = [lacking(before, after), lacking(after, before)];
  // The same items otherwise ordered, or one of them more often.
  if (gone.length + come.length === 0) return [{ ...where, before, after }];
  if (gone.length === come.length) {
    return come.flatMap(([index, item], nth) => walk(gone[nth]?.[1], item, step(where, `[${index}]`, index)));
  }
  return [
    ...come.flatMap(([index, item]) => walk(undefined, item, step(where, `[${index}]`, index))),
    ...gone.flatMap(([index, item]) => walk(item, undefined, step(where, `[${index}]`, after.length))),
  ];
}

interface Named {
  readonly names: readonly string[];
  readonly items: readonly unknown[];
}

function walkNamed(before: Named, after: Named, where: Where): Difference[] {
  const itemOf = ({ names, items }: Named, name: string) => items[names.indexOf(name)];
  const all = [...new Set([...after.names, ...before.names])];
  const [old, now] = [
    before.names.filter((name) => after.names.includes(name)),
    after.names.filter((name) => before.names.includes(name)),
  ];
  return [
    ...(same(old, now) ? [] : [{ ...where, before: before.names, after: after.names }]),
    ...all.flatMap((name) => {
      const index = after.names.indexOf(name);
      return walk(itemOf(before, name), itemOf(after, name), step(where, name, index < 0 ? after.items.length : index));
    }),
  ];
}

/** Keys by which the items of a list may be told apart, the plainest first. */
const namings: readonly ((item: Readonly<Record<string, unknown>>) => unknown)[] = [
  ({ name }) => name,
  ({ secret }) => secret,
  ({ namespace, name }) => (typeof name === "string" ? `${String(namespace)}/${name}` : undefined),
];

/** A name for each item, all of them different; undefined: they have none. */
function namesOf(items: readonly unknown[]): string[] | undefined {
  for (const naming of namings) {
    const names = items.flatMap((item) => {
      const name = isRecord(item) ? naming(item) : undefined;
      return typeof name === "string" ? [name] : [];
    });
    if (names.length === items.length && new Set(names).size === names.length) return names;
  }
  return undefined;
}

function step({ path, place }: Where, name: string, key: string | number): Where {
  return { path: [...path, name], place: [...place, key] };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** `laneGroups.shop.services.mocka.policy`, `allow[0].to` */
export function pathWords(path: readonly string[]): string {
  return path.map((part, index) => (index === 0 || part.startsWith("[") ? part : `.${part}`)).join("");
}
