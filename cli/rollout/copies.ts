import type { LaneGroup } from "../../components/lanes/spec";
import { entryMirror } from "../../config/lifecycle/copies";
import type { Copies } from "./events";
import type { GroupConfig } from "./group-config";
import type { RolloutPlan } from "./options";
import type { RolloutState } from "./state";

/*
 * The step at 0 %: the lane gets copies of what enters the baseline, and nobody gets its answers. What it writes in the config is a
 * mirror at the entry, which goes with the edit of the next step or of the roll back. One that somebody else wrote is never touched.
 */

/** The step at which requests are copied. */
export const copiesStep = 0;

/** Percent of the requests that are copied by the config, where this rollout has written so; else undefined. */
export function ownCopies(group: LaneGroup, lane: string, state: RolloutState | undefined): number | undefined {
  const mirror = entryMirror(group);
  if (!mirror || mirror.lane !== lane || mirror.writes) return undefined;
  return mirror.percent === state?.copies ? mirror.percent : undefined;
}

/**
 * Before anything is written: whether requests may be copied, for a rollout that is to do so next.
 *
 * @throws UserError where a copy would reach a service that writes, or one of somebody else's is there, or there is no baseline.
 */
export async function requireCopiesAllowed(
  { steps, lane, copies }: RolloutPlan,
  config: GroupConfig,
  state: RolloutState | undefined,
): Promise<void> {
  const { group, weights } = config.read();
  if (!steps.includes(copiesStep) || (weights[lane] ?? 0) > 0 || state?.failed || state?.promoting) return;
  if (ownCopies(group, lane, state) === undefined) await config.mayCopy(copies);
}

/** What the config says of copies to a lane, for an event. */
export function copiesOf(group: LaneGroup, lane: string): { readonly copies?: Copies } {
  const mirror = entryMirror(group);
  return mirror?.lane === lane ? { copies: { lane, percent: mirror.percent } } : {};
}
