import { groupLabel } from "../../../tools/mesh/group-label";
import { stackLabel } from "../../live/object";
import { laneLabel } from "../object";
import type { LaneGroup } from "../spec";
import { deleteCommand } from "./delete-command";
import type { MeshFacts } from "./facts";
import { type Finding, someOf } from "./finding";
import { type GroupView, objectKey } from "./view";

/**
 * Objects that this stack has made and that are in no plan: of a lane or group that is gone. One finding per group. Other stacks
 * and programs have groups of their own in the same mesh.
 */
export function checkLeftovers(views: readonly GroupView[], facts: MeshFacts, stack: string): Finding[] {
  const planned = new Set(
    views.flatMap(({ objects }) => objects.map((object) => objectKey(object.kind, object.metadata))),
  );
  const left = new Map<string, { readonly names: string[]; readonly deletes: string[]; readonly lanes: Set<string> }>();
  for (const object of facts.istio) {
    const { kind, labels } = object;
    const key = objectKey(kind, object);
    const group = labels[groupLabel];
    if (group === undefined || labels[stackLabel] !== stack || planned.has(key)) continue;
    const entry = left.get(group) ?? { names: [], deletes: [], lanes: new Set() };
    left.set(group, entry);
    entry.names.push(key);
    entry.deletes.push(deleteCommand(kind.toLowerCase(), object));
    const lane = labels[laneLabel];
    if (lane !== undefined) entry.lanes.add(lane);
  }
  return [...left].map(([group, { names, deletes, lanes }]) => {
    const known = views.find((view) => view.group.name === group)?.group;
    return {
      code: "ML090",
      severity: "warning",
      group,
      lanes: [],
      cause: `${someOf(names)} ${names.length === 1 ? "is" : "are"} of ${owner(known, group, [...lanes])} and in no plan.`,
      fix: `npx lanes up takes away what the stack's state knows of; what stays: ${deletes.join(" && ")}`,
    };
  });
}

function owner(known: LaneGroup | undefined, group: string, lanes: readonly string[]): string {
  if (!known) return `group ${group}, which this stack's config does not have,`;
  const gone = lanes.filter((name) => !known.lanes.some((lane) => lane.name === name));
  return gone.length > 0 ? `lane ${gone.join(", ")} of group ${group}, which config does not have,` : `group ${group}`;
}
