import type { Stage } from "./object";
import type { LaneGroup } from "./spec";

/** What is in one step may reach the proxies in any order; what is in the next may not come before it. */
export type Step = readonly [Stage, ...Stage[]];

const clusters: Step = ["subsets", "filters"];
const services: Step = ["service-routes"];
const entry: Step = ["entry-routes"];

/** All steps, in whatever order. */
export const steps: readonly Step[] = [clusters, services, entry];

/**
 * In which order the objects of a group are changed.
 *
 * A lane that comes is entered last, when each service has its route. A lane that goes is left first: were its service
 * routes the first to go, whoever still enters it would meet the baseline halfway, or in a strict group no route at all.
 * A change that does both keeps the order for lanes that come.
 *
 * @param before names of the lanes so far; undefined when that is not known.
 */
export function changeSteps(group: LaneGroup, before: readonly string[] | undefined): readonly Step[] {
  const names = group.lanes.map((lane) => lane.name);
  const go = before?.some((name) => !names.includes(name)) ?? false;
  const come = names.some((name) => !before?.includes(name));
  return go && !come ? [clusters, entry, services] : [clusters, services, entry];
}
