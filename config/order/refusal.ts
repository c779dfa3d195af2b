import type { OrderProblem } from "../../components/lanes/diff/order";
import { type Problem, UserError } from "../../tools/user-error";

/** Of the environment of `pulumi`; with `1` the program makes changes that are unsafe in one update. */
export const allowVariable = "MESH_LANES_ALLOW_UNSAFE_ORDER";
/** The same as a flag of the commands that run `pulumi`. */
export const allowFlag = "--allow-unsafe-order";

export function allowsUnsafeOrder(env: NodeJS.ProcessEnv = process.env): boolean {
  return env[allowVariable] === "1";
}

/** Whether such a change is made. @param flag of a command. @default as the environment says */
export function mayBeUnsafe(flag: boolean | undefined): boolean {
  return flag ?? allowsUnsafeOrder();
}

/** What tells the program that it may make such a change; what the environment says already stays. */
export function orderEnvironment(allowed: boolean | undefined): Record<string, string> {
  return allowed === true ? { [allowVariable]: "1" } : {};
}

const seen = "seen";

/** For an engine whose command has compared the configs itself, and tells what is unsafe: the program need not. */
export const orderSeen: Readonly<Record<string, string>> = { [allowVariable]: seen };

export function isOrderSeen(env: NodeJS.ProcessEnv): boolean {
  return env[allowVariable] === seen;
}

const expected = "a change that is safe in one update";
const anyway = `To make it in one update all the same: \`lanes up ${allowFlag}\`, or pulumi with ${allowVariable}=1.`;
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
  return new UserError(`this update is unsafe, and is made all the same (${allowVariable}=1)`, orderRefusals(unsafe))
    .message;
}
