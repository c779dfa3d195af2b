import { isDeepStrictEqual } from "node:util";
import type { RenderedObject } from "../../object";
import { change, listed } from "../changes/change";
import type { Change } from "../report";
import type { DiffSide } from "../sides";

/** Of groups that both sides have: objects that differ though no setting tells it, such as by what only `render` knows. */
export function objectChanges(before: DiffSide, after: DiffSide): Change[] {
  return after.groups.flatMap((group): Change[] => {
    const old = before.groups.find(({ name }) => name === group.name);
    if (!old) return [];
    const [was, is] = [objectsOf(before.render(old)), objectsOf(after.render(group))];
    const ids = [...new Set([...is.keys(), ...was.keys()])];
    const changed = ids.filter((id) => !isDeepStrictEqual(was.get(id), is.get(id))).sort();
    if (changed.length === 0) return [];
    const text = `objects of lane group ${group.name} change: ${listed(changed)}`;
    return [change("other-settings", "care", group.name, text)];
  });
}

function objectsOf(objects: readonly RenderedObject[]): ReadonlyMap<string, RenderedObject> {
  return new Map(objects.map((object) => [idOf(object), object]));
}

function idOf({ kind, metadata }: RenderedObject): string {
  return `${kind} ${"namespace" in metadata ? `${metadata.namespace}/` : ""}${metadata.name}`;
}
