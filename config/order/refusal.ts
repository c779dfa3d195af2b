import type { OrderProblem } from "../../components/lanes/diff/order";
import { type Problem, UserError } from "../../tools/user-error";

/** Of the environment of `pulumi`; with `1` the program makes changes that are unsafe in one update. */
export const allowVariable = "MESH_LANES_ALLOW_UNSAFE_ORDER";
/** The same as a flag of the commands that run `pulumi`. */
export const allowFlag = "--allow-unsafe-order";

export function allowsUnsafeOrder(env: NodeJS.ProcessEnv = process.env): boolean {
  return env[allowVariable] === "1";
}

/** What tells the program that it may make such a change; what the environment says already stays. */
export function orderEnvironment(allowed: boolean | undefined): Record<string, string> {
  return allowed === true ? { [allowVariable]: "1" } : {};
}

const expected = "a change that is safe in one update";
const anyway = `To make it in one update all the same: \`lanes up ${allowFlag}\`, or pulumi with ${allowVariable}=1.`;
/** Begins the text of whatever was allowed. */
export const allowedSummary = "this update is unsafe, and is made all the same";

/** What is unsafe in one update, as problems of the user: at which lane group, what would happen, and the sequence to use. */
export function orderRefusals(unsafe: readonly OrderProblem[]): Problem[] {
  return unsafe.map(({ group, what, fix = "Make it in several updates." }) => {
    return { path: group, got: what, expected, fix };
  });
}

/** Says also how to make it all the same. */
export function refusedUpdate(unsafe: readonly OrderProblem[]): UserError {
  const problems = orderRefusals(unsafe);
  const told = problems.map((problem, index) => {
    return index < problems.length - 1 ? problem : { ...problem, fix: `${problem.fix} ${anyway}` };
  });
  return new UserError("this update would be unsafe; nothing was applied", told);
}

/** The same as a warning, where it is allowed. */
export function allowedUpdate(unsafe: readonly OrderProblem[]): string {
  return new UserError(`${allowedSummary} (${allowVariable}=1)`, orderRefusals(unsafe)).message;
}
