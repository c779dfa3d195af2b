import { didYouMean } from "../components/lanes/suggest";
import { type Problem, UserError } from "../tools/user-error";

interface Named {
  readonly name: string;
}

/** What is wrong with the names given by `--group`. */
export function unknownGroups(groups: readonly Named[], names: readonly string[] = []): Problem[] {
  const known = groups.map((group) => group.name);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: "--group",
      got: `got "${name}"`,
      expected: known.join(", ") || "none: the stack has no lane group",
      fix: didYouMean(name, known, "Name a lane group of the stack."),
    }));
}

/** The groups that `--group` names, or all without it. @throws UserError when it names others. */
export function chooseGroups<Group extends Named>(groups: readonly Group[], names?: readonly string[]): Group[] {
  const problems = unknownGroups(groups, names);
  if (problems.length > 0) throw new UserError("no such lane group", problems);
  return groups.filter((group) => names?.includes(group.name) ?? true);
}
