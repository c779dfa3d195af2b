import type { RenderedObject } from "../object";
import type { LaneGroup } from "../spec";
import { renderRoutes } from "./routes";
import { renderSwimlanes } from "./swimlanes";

/**
 * Every object of a validated lane group on ASM, in the order of its stages, in the group's own way. All of them go to the
 * mesh's API server. The same group gives the same list.
 */
export function renderAsm(group: LaneGroup): RenderedObject[] {
  switch (group.asmWay) {
    case "swimlanes":
      return renderSwimlanes(group);
    case "routes":
      return renderRoutes(group);
    default:
      return group.asmWay satisfies never;
  }
}
