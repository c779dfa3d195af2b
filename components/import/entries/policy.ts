import { isDeepStrictEqual } from "node:util";
import { asRecord, type UnknownRecord } from "../../../tools/values";
import { millis } from "../../lanes/policy/duration";
import { groupPolicySchema } from "../../lanes/policy/shape";
import type { LaneGroupInput } from "../../lanes/spec";

export type ProposedPolicy = Pick<NonNullable<LaneGroupInput["entry"]["policy"]>, "timeout" | "retries">;

/** Timeout and retries of a route; undefined: it has some, and a lane group cannot say the same. */
export type FoundPolicy = ProposedPolicy | undefined;

/** What a route says of timeout and retries, as a policy of a lane group; `{}`: nothing. */
export function policyOf(route: UnknownRecord): FoundPolicy {
  const timeout = route.timeout;
  if (timeout !== undefined && !isDuration(timeout)) return undefined;
  const retries = route.retries === undefined ? undefined : retriesOf(asRecord(route.retries));
  if (route.retries !== undefined && retries === undefined) return undefined;
  const policy = { ...(isDuration(timeout) && { timeout }), ...(retries && { retries }) };
  // Numbers that are out of range, such as 1000 attempts.
  return groupPolicySchema.safeParse(policy).success ? policy : undefined;
}

function retriesOf({ attempts, perTryTimeout, retryOn, ...rest }: UnknownRecord): ProposedPolicy["retries"] {
  if (typeof attempts !== "number" || Object.keys(rest).length > 0) return undefined;
  if (perTryTimeout !== undefined && !isDuration(perTryTimeout)) return undefined;
  if (retryOn !== undefined && typeof retryOn !== "string") return undefined;
  return {
    attempts,
    ...(isDuration(perTryTimeout) && { perTryTimeout }),
    ...(retryOn !== undefined && { on: retryOn }),
  };
}

function isDuration(value: unknown): value is string {
  return typeof value === "string" && millis(value) !== undefined;
}

export function saysSomething(policy: FoundPolicy): policy is ProposedPolicy {
  return policy !== undefined && Object.keys(policy).length > 0;
}

/** The policy that all of these routes have; undefined: they differ, or one cannot be said. */
export function commonPolicy(policies: readonly FoundPolicy[]): FoundPolicy {
  const [first, ...others] = policies;
  return others.every((other) => isDeepStrictEqual(other, first)) ? first : undefined;
}

/** `timeout and retries` */
export function policyWords(policy: ProposedPolicy): string {
  return Object.keys(policy).join(" and ");
}
