import type { LaneGroup } from "../../components/lanes/spec";
import { UserError } from "../../tools/user-error";
import { chooseGroups } from "../choose-groups";

/**
 * The group that a command means: the one that `--group` names, the only one of the stack, or the only one that has the lanes.
 *
 * @throws UserError when it is none or several.
 */
export function groupOfLanes(
  groups: readonly LaneGroup[],
  name: string | undefined,
  lanes: readonly string[],
): LaneGroup {
  const chosen = chooseGroups(groups, name === undefined ? undefined : [name]);
  const having = chosen.filter((group) => lanes.every((lane) => group.lanes.some((each) => each.name === lane)));
  const [only, ...others] = chosen.length === 1 ? chosen : having;
  if (only && others.length === 0) return only;
  const names = (having.length > 0 ? having : chosen).map((group) => group.name).join(", ");
  const got = having.length > 0 ? `lane ${lanes.join(", ")} is in ${names}` : `no group has lane ${lanes.join(", ")}`;
  const problem =
    chosen.length === 0
      ? { got: "the stack has no lane group", expected: "a stack with a lane group", fix: "Name another with --stack." }
      : { got: lanes.length > 0 ? got : "missing", expected: names, fix: "Name the group with --group." };
  throw new UserError("which lane group is meant is not clear", [{ path: "--group", ...problem }]);
}
