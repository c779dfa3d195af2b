import { isDeepStrictEqual } from "node:util";
import { valueAt } from "../../components/lanes/zod-walk";
import { isRecord } from "../../tools/values";

/** Keys and indexes from the top of a document. */
export type EditPath = readonly (string | number)[];

/** One small change of a document. */
export type Edit =
  /** Of a key that may be missing; its map is there. */
  | { readonly kind: "set"; readonly path: EditPath; readonly value: unknown }
  /** Of a key or of an item of a list; nothing when it is missing. */
  | { readonly kind: "delete"; readonly path: EditPath }
  /** To a list, at its end; nothing when the list has the value. */
  | { readonly kind: "add"; readonly path: EditPath; readonly value: unknown }
  /** Out of a list; nothing when the list has no such value. */
  | { readonly kind: "drop"; readonly path: EditPath; readonly value: unknown };

/** Whether an edit has nothing to do. */
export function isDone(document: unknown, edit: Edit): boolean {
  const value = valueAt(document, edit.path);
  switch (edit.kind) {
    case "set":
      return isDeepStrictEqual(value, edit.value);
    case "delete":
      return value === undefined;
    case "add":
      return indexIn(value, edit.value) >= 0;
    case "drop":
      return indexIn(value, edit.value) < 0;
    default:
      return edit satisfies never;
  }
}

/** Where a list has a value; -1 where it has none. */
export function indexIn(list: unknown, value: unknown): number {
  return Array.isArray(list) ? list.findIndex((item) => isDeepStrictEqual(item, value)) : -1;
}

/** The document after an edit, as plain values: what the edited text must come to. */
export function applyToValue(document: unknown, edit: Edit): unknown {
  return isDone(document, edit) ? document : changed(document, edit.path, edit);
}

function changed(value: unknown, [key, ...rest]: EditPath, edit: Edit): unknown {
  if (key === undefined) {
    if (edit.kind === "set") return edit.value;
    if (edit.kind === "add" && Array.isArray(value)) return [...value, edit.value];
    if (edit.kind === "drop") return without(value, indexIn(value, edit.value));
    throw new Error("an edit leads to something that cannot take it");
  }
  if (rest.length === 0 && edit.kind === "delete") return without(value, key);
  if (Array.isArray(value) && typeof key === "number" && key < value.length) {
    return value.map((item: unknown, index) => (index === key ? changed(item, rest, edit) : item));
  }
  if (isRecord(value)) return { ...value, [key]: changed(valueAt(value, [key]), rest, edit) };
  throw new Error(`an edit leads to something without ${key}`);
}

function without(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value.filter((_item, index) => index !== key);
  return isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== String(key))) : value;
}
