import { listed } from "./changes/change";
import type { Fate } from "./fate";

/**
 * How users are dealt otherwise than before, in words; empty: as before, or so that only those move whom the shares tell.
 *
 * `users move v2 -> v1 10 % and v3 -> v2 10 %`, `dealt by header x-user-id, before by chance`
 */
export function userMoveWords(before: Fate, after: Fate): string[] {
  const [old, now] = [before.places, after.places];
  if (!before.routed || !after.routed || (!old && !now)) return [];
  // One lane has all users: the shares tell who moves.
  if (before.shares.size === 1 || after.shares.size === 1) return [];
  if (!old || !now || old.by !== now.by) return [`dealt by ${dealer(after)}, before by ${dealer(before)}`];
  const [was, is] = [lanesOf(before), lanesOf(after)];
  const moves = new Map<string, number>();
  was.forEach((lane, place) => {
    if (lane !== is[place]) moves.set(`${lane} -> ${is[place]}`, (moves.get(`${lane} -> ${is[place]}`) ?? 0) + 1);
  });
  const all = [...moves.values()].reduce((sum, count) => sum + count, 0);
  const lost = [...new Set(was)].map((lane) => Math.max(0, count(was, lane) - count(is, lane)));
  if (all === lost.reduce((sum, share) => sum + share, 0)) return [];
  return [`users move ${listed([...moves].map(([way, share]) => `${way} ${share} %`))}`];
}

function dealer({ places, explanation }: Fate): string {
  if (places) return places.by;
  const cookie = explanation.status === "routed" && explanation.outcomes.some(({ setsCookie }) => setsCookie);
  return cookie ? "chance and kept by a cookie" : "chance";
}

/** The lane of each place. */
function lanesOf({ explanation }: Fate): string[] {
  const ranges = explanation.status === "routed" ? (explanation.user?.ranges ?? []) : [];
  return ranges.flatMap(({ lane, weight }) => new Array<string>(weight).fill(lane));
}

function count(lanes: readonly string[], wanted: string): number {
  return lanes.filter((lane) => lane === wanted).length;
}
