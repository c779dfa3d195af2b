import type { UserShares } from "../rule-shape";
import { hashOf } from "./hash";
import { laneAt, placeCount } from "./places";

/** How a request tells a user: one of the three. */
export interface SampleUser {
  readonly header?: readonly [name: string, id: string];
  /** `name=id` */
  readonly cookie?: string;
  readonly query?: string;
}

/** Ids that are tried for a lane: with a single place in a hundred, all miss it once in 10^17. */
const mostTried = 4000;

/** A user whose place is the lane's: `user-0`, `user-1` and so on, the first that fits. Undefined: the lane has no place. */
export function userFor({ source, ranges }: UserShares, lane: string): SampleUser | undefined {
  if (ranges.every((range) => range.lane !== lane)) return undefined;
  for (let number = 0; number < mostTried; number += 1) {
    const id = `user-${number}`;
    if (laneAt(ranges, Number(hashOf([id]) % BigInt(placeCount))) !== lane) continue;
    const { header, cookie, query } = source;
    if (header !== undefined) return { header: [header, id] };
    return cookie === undefined ? { query: `${query}=${id}` } : { cookie: `${cookie}=${id}` };
  }
  return undefined;
}
