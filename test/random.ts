import fc from "fast-check";

/** Choices of a generator, all of them from one seed. */
export interface Random {
  /** 0 to `max`, both included. */
  integer(max: number): number;
  pick<T>(from: readonly T[]): T;
  /** True `percent` times in a hundred. */
  chance(percent: number): boolean;
  /** The items, in any order. */
  shuffled<T>(items: readonly T[]): T[];
  /** At least one of the items, in their order. */
  some<T>(items: readonly T[]): T[];
}

/** `count` values made by `make`; the same seed gives the same values. */
export function randomValues<T>(seed: number, count: number, make: (random: Random, index: number) => T): T[] {
  let index = 0;
  const arbitrary = fc.gen().map((gen) => {
    const integer = (max: number) => gen(fc.nat, { max });
    const random: Random = {
      integer,
      pick: (from) => {
        const picked = from[integer(from.length - 1)];
        if (picked === undefined) throw new Error("nothing to pick from");
        return picked;
      },
      chance: (percent) => integer(99) < percent,
      shuffled: (items) =>
        items
          .map((item) => ({ item, at: integer(1_000_000) }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item),
      some: (items) => {
        const kept = items.filter(() => integer(1) === 1);
        return kept.length > 0 ? kept : items.slice(0, 1);
      },
    };
    index += 1;
    return make(random, index - 1);
  });
  return fc.sample(fc.noBias(arbitrary), { seed, numRuns: count });
}
