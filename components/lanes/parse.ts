import { UserError } from "../../tools/user-error";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "./spec";
import { validateLaneGroups } from "./validate";
import { toProblems } from "./zod-problems";

/**
 * A lane group as a user writes it -> a complete and valid one, which `LaneGroup` takes.
 *
 * @param raw the shape of `LaneGroupInput`, checked here.
 * @param path what messages name it by.
 * @throws UserError with every problem at once.
 */
export function parseLaneGroup(raw: unknown, path = "laneGroup"): LaneGroup {
  const { success, data, error } = laneGroupSchema.safeParse(raw);
  const problems = success
    ? validateLaneGroups([{ path, input: raw as LaneGroupInput }])
    : toProblems(laneGroupSchema, raw, error).map((problem) => ({ ...problem, path: `${path}.${problem.path}` }));
  if (!success || problems.length > 0) {
    const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
    throw new UserError(`The lane group has ${count}.`, problems);
  }
  return data;
}
