import { type OrderProblem, type OrderSide, unsafeOrder } from "../../components/lanes/diff/order";
import type { StackConfig } from "../stack";
import { podsOf } from "../workloads/pods";

/** What of a stack's config tells what its update does on its way. */
export type OrderedConfig = Pick<StackConfig, "laneGroups" | "workloads">;

export function orderSide({ laneGroups, workloads }: OrderedConfig): OrderSide {
  return { groups: laneGroups, workloads: workloads.map((workload) => ({ ...workload, pods: podsOf(workload) })) };
}

/**
 * What no order of steps makes safe in one update from a config to another: `lanes add`, `shift` and the others do not write it,
 * the program refuses it, and `lanes preview` says so. Nothing is worked out for groups that stay as they are.
 */
export function unsafeInOneUpdate(before: OrderedConfig, after: OrderedConfig): OrderProblem[] {
  return unsafeOrder(orderSide(before), orderSide(after));
}
