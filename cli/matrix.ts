import { planLaneGroup } from "../components/lanes/plan";
import type { LaneGroup } from "../components/lanes/spec";
import { formatLaneTable, laneTable } from "../components/lanes/table";
import { readStack } from "./stack/read";

/** The lane table of every group of a stack, from config alone. */
export function matrix(
  options: { stack: string; json: boolean },
  groupsOf: (stack: string) => readonly LaneGroup[] = (stack) => readStack(stack).laneGroups,
): string {
  const tables = groupsOf(options.stack).map((group) => laneTable(planLaneGroup(group)));
  if (options.json) return JSON.stringify(tables, null, 2);
  // No error: whoever has a file checked by this command has one that is right.
  if (tables.length === 0) return `stack ${options.stack} has no lane group to show`;
  return tables.map(formatLaneTable).join("\n\n");
}
