import type { LaneGroup } from "../spec";

/** Places that users are dealt onto: the hash of an id, modulo this. The weights of a group add up to as many. */
export const placeCount = 100;

/** Neighbouring places of one lane. */
export interface UserRange {
  readonly lane: string;
  readonly weight: number;
}

/**
 * Where lanes begin and in which direction they grow, in the order of the spec: the first from the lower end, the second from the
 * upper end, so that two lanes beside the baseline never meet; further ones from the middle of what is left between.
 */
const starts: readonly { readonly at: number; readonly step: 1 | -1 }[] = [
  ...[0, 50, 25, 75].flatMap((at) => [
    { at, step: 1 as const },
    { at: (at + placeCount - 1) % placeCount, step: -1 as const },
  ]),
];

/**
 * The lane of each place. The baseline has what no other lane takes; without one among the weighted lanes, the first of them has.
 *
 * A lane takes places in an order of its own, and so a lane that grows keeps all that it has. It takes from the baseline, and with
 * up to two lanes beside that from nobody else, nor with up to four of at most 25 each. Beyond that it may meet a lane that comes
 * later in the spec, which then takes other places in their stead.
 */
export function placesOf(group: Pick<LaneGroup, "lanes" | "baseline">): string[] {
  const weighted = group.lanes.filter(({ weight }) => weight !== undefined);
  const rest = weighted.find(({ name }) => name === group.baseline) ?? weighted[0];
  if (!rest) return [];
  const places = new Array<string | undefined>(placeCount).fill(undefined);
  weighted
    .filter((lane) => lane !== rest)
    .forEach(({ name, weight = 0 }, index) => {
      let left = weight;
      for (const place of orderOf(index)) {
        if (left === 0) break;
        if (places[place] !== undefined) continue;
        places[place] = name;
        left -= 1;
      }
    });
  return places.map((lane) => lane ?? rest.name);
}

function orderOf(index: number): number[] {
  const { at, step } = starts[index % starts.length] ?? { at: 0, step: 1 };
  return Array.from({ length: placeCount }, (_, count) => (at + step * count + placeCount) % placeCount);
}

/** The same as neighbours, in the order of the places. */
export function rangesOf(places: readonly string[]): UserRange[] {
  const ranges: { lane: string; weight: number }[] = [];
  for (const lane of places) {
    const last = ranges.at(-1);
    if (last?.lane === lane) last.weight += 1;
    else ranges.push({ lane, weight: 1 });
  }
  return ranges;
}

/** The lane that has a place. */
export function laneAt(ranges: readonly UserRange[], place: number): string | undefined {
  let end = 0;
  for (const { lane, weight } of ranges) {
    end += weight;
    if (place < end) return lane;
  }
  return undefined;
}
