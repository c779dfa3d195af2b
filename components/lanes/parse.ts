import { UserError } from "../../tools/user-error";
import { completeLaneGroup, type LaneGroup, laneGroupSchema } from "./spec";
import { validateLaneGroups } from "./validate";
import { toProblems } from "./zod-problems";

/**
 * A lane group as a user writes it -> a complete and valid one, which `LaneGroup` takes.
 *
 * @param input the shape of `LaneGroupInput`, checked here.
 * @param path what messages name it by.
 * @throws UserError with every problem at once.
 */
export function parseLaneGroup(input: unknown, path = "laneGroup"): LaneGroup {
  const parsed = laneGroupSchema.safeParse(input);
  const problems = parsed.success
    ? validateLaneGroups([{ path, input: parsed.data }])
    : toProblems(laneGroupSchema, input, parsed.error).map((problem) => ({
        ...problem,
        path: `${path}.${problem.path}`,
      }));
  if (!parsed.success || problems.length > 0) {
    const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
    throw new UserError(`The lane group has ${count}.`, problems);
  }
  return completeLaneGroup(parsed.data);
}
