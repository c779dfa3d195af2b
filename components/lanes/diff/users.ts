import { listed } from "./changes/change";
import { dealtIn, type Fate } from "./fate";

/**
 * How users are dealt otherwise than before, in words; empty: as before, or so that only those move whom the shares tell.
 *
 * `users move v2 -> v1 10 % and v3 -> v2 10 %`, `dealt by header x-user-id, before by chance`
 */
export function userMoveWords(before: Fate, after: Fate): string[] {
  const dealt = dealtIn(before, after);
  if (dealt === undefined) return [];
  if (dealt === "otherwise") return [`dealt by ${dealer(after)}, before by ${dealer(before)}`];
  const [{ lanes: was }, { lanes: is }] = dealt;
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

function count(lanes: readonly string[], wanted: string): number {
  return lanes.filter((lane) => lane === wanted).length;
}
