import { planLaneGroup } from "../components/lanes/plan";
import { formatLaneTable, laneTable } from "../components/lanes/table";
import { readStack } from "./stack/read";

/** The lane table of every group of a stack, from config alone. */
export function matrix(options: { stack: string; json: boolean }): string {
  const tables = readStack(options.stack).laneGroups.map((group) => laneTable(planLaneGroup(group)));
  return options.json ? JSON.stringify(tables, null, 2) : tables.map(formatLaneTable).join("\n\n");
}
