import { parseLaneGroup as parseInput } from "./parse-input";
import type { LaneGroup, LaneGroupInput } from "./spec";

/**
 * The same as `parseLaneGroup` of `parse-input.ts`, of what has no type: it comes from another language or from a file.
 *
 * @param raw the shape of `LaneGroupInput`, checked here.
 * @param path what messages name it by.
 * @throws UserError with every problem at once.
 */
export function parseLaneGroup(raw: unknown, path = "laneGroup"): LaneGroup {
  return parseInput(raw as LaneGroupInput, { path });
}
