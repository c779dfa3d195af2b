import type { OrderProblem } from "./changes/order";
import { transitionProblems } from "./changes/transition";
import { changedGroups, type DiffSide } from "./sides";

export type { OrderProblem } from "./changes/order";

/** The part of a config that tells what its update does while it is under way. */
export type OrderSide = Pick<DiffSide, "groups" | "workloads">;

/** What one update from a config to another does while it is under way. Of groups that stay as they are nothing is worked out. */
export function orderProblems(before: OrderSide, after: OrderSide): OrderProblem[] {
  return changedGroups(before, after).flatMap((pair) => transitionProblems(pair, before, after));
}

/** Of these what no order of steps makes safe, so that the change takes several updates. */
export function unsafeOrder(before: OrderSide, after: OrderSide): OrderProblem[] {
  return orderProblems(before, after).filter(({ risk }) => risk === "danger");
}
