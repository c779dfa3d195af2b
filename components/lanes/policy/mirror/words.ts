import type { LaneGroup } from "../../spec";
import type { Mirror } from "./shape";

/** Of a hop. */
export function mirrorWords({ lane, percent }: Mirror): string {
  return `${percent} % copied to lane ${lane}, whose answers nobody gets`;
}

/** What a lane gets copies of: `copies of 10 % of what enters v1`, `copies of 100 % of v1's requests to cart`. */
export function copiesWords({ baseline, entry, services }: LaneGroup, lane: string): string[] {
  const own = (mirror: Mirror | undefined) => (mirror?.lane === lane ? [mirror] : []);
  return [
    ...own(entry.policy?.mirror).map(({ percent }) => `copies of ${percent} % of what enters ${baseline}`),
    ...services.flatMap(({ name, policy }) =>
      own(policy?.mirror).map(({ percent }) => `copies of ${percent} % of ${baseline}'s requests to ${name}`),
    ),
  ];
}
