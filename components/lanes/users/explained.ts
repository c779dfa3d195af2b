import type { EnvoyRequest } from "../matching";
import type { EntryOutcome, EntryRule } from "../rule-shape";
import { placeOf } from "./hash";
import { laneAt, type UserRange } from "./places";
import { userWords } from "./words";

/** How the request's user decides its lane. */
export interface ExplainedUser {
  /** What is asked for an id, such as `header x-user-id`. */
  readonly by: string;
  /** The user's, of the places 0 to 99; undefined: the request tells no user, and chance decides each time. */
  readonly place: number | undefined;
  /** Which lane has how many places, in their order. */
  readonly ranges: readonly UserRange[];
}

/** Undefined: the rule's weights are no shares of users. */
export function userOf({ users }: EntryRule, sent: EnvoyRequest): ExplainedUser | undefined {
  return users && { by: userWords(users.source), place: placeOf(users.source, sent), ranges: users.ranges };
}

/** Of what may become of the request by the weights, what does: for a known user one lane. */
export function outcomesFor(outcomes: readonly EntryOutcome[], user: ExplainedUser | undefined): EntryOutcome[] {
  const lane = laneOf(user);
  return outcomes.flatMap((outcome) =>
    lane === undefined ? [outcome] : outcome.lane === lane ? [{ ...outcome, weight: 100 }] : [],
  );
}

export function whyUser(user: ExplainedUser): string {
  const lane = laneOf(user);
  if (lane === undefined)
    return `nothing names a lane and no ${user.by} tells a user, so chance decides by the weights`;
  return `nothing names a lane, and the user of ${user.by} has place ${user.place}, which is lane ${lane}'s`;
}

function laneOf(user: ExplainedUser | undefined): string | undefined {
  return user?.place === undefined ? undefined : laneAt(user.ranges, user.place);
}
