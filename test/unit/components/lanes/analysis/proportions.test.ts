import assert from "node:assert/strict";
import { holm, largerByChance, largerThan, logFactorial } from "../../../../../components/lanes/analysis/proportions";

const near = (got: number, expected: number, relative = 1e-10) =>
  assert.ok(Math.abs(got - expected) <= relative * Math.abs(expected), `${got}, expected ${expected}`);

/** n choose k without logarithms. */
function choose(n: bigint, k: bigint): bigint {
  let result = 1n;
  for (let i = 1n; i <= k; i += 1n) result = (result * (n - k + i)) / i;
  return result;
}

/** The same p-value in whole numbers of any size. */
function exact(a: number, m: number, b: number, n: number): number {
  const counted = BigInt(a + b);
  let sum = 0n;
  for (let k = BigInt(a); k <= counted && k <= BigInt(m); k += 1n) {
    if (counted - k <= BigInt(n)) sum += choose(BigInt(m), k) * choose(BigInt(n), counted - k);
  }
  const digits = 10n ** 30n;
  return Number((sum * digits) / choose(BigInt(m + n), counted)) / 1e30;
}

describe("tests of proportions", () => {
  it("logFactorial agrees with sums of logarithms where its two ways meet and beyond", () => {
    let sum = 0;
    for (let n = 1; n <= 3000; n += 1) {
      sum += Math.log(n);
      near(logFactorial(n), sum || 0, 1e-13);
    }
    assert.equal(logFactorial(0), 0);
  });

  it("Fisher's test gives the values of its literature", () => {
    // Fisher 1935: the lady who tasted tea.
    near(largerByChance({ count: 3, of: 4 }, { count: 1, of: 4 }), 17 / 70);
    near(largerByChance({ count: 4, of: 4 }, { count: 0, of: 4 }), 1 / 70);
    // Fisher 1935: convicted twins (10 of 13 monozygotic, 2 of 17 dizygotic), p = 0.00046518.
    near(largerByChance({ count: 10, of: 13 }, { count: 2, of: 17 }), 0.00046518, 1e-4);
  });

  it("Fisher's test agrees with whole numbers of any size", () => {
    for (const [a, m, b, n] of [
      [1, 10, 0, 1000],
      [31, 1000, 2, 1010],
      [5, 50, 0, 450],
      [0, 50, 3, 450],
      [50, 50, 450, 450],
      [400, 900, 390, 1000],
      [7, 7, 0, 3],
    ] as const) {
      near(largerByChance({ count: a, of: m }, { count: b, of: n }), exact(a, m, b, n), 1e-9);
    }
  });

  it("says nothing where one side has nothing", () => {
    assert.equal(largerByChance({ count: 5, of: 5 }, { count: 0, of: 0 }), 1);
    assert.equal(largerByChance({ count: 0, of: 0 }, { count: 0, of: 10 }), 1);
    assert.equal(largerThan({ count: 0, of: 0 }, 0.01), 1);
  });

  it("the binomial test agrees with sums made by hand", () => {
    near(largerThan({ count: 2, of: 2 }, 0.1), 0.01);
    near(largerThan({ count: 1, of: 3 }, 0.5), 7 / 8);
    near(largerThan({ count: 1, of: 1000 }, 0.001), 1 - 0.999 ** 1000, 1e-9);
  });

  it("Holm's procedure rejects from the smallest on, each by what is left", () => {
    // alpha 0.05 of 4: 0.0125, 0.0167, 0.025, 0.05.
    assert.deepEqual(holm([0.01, 0.04, 0.03, 0.005], 0.05), [true, false, false, true]);
    assert.deepEqual(holm([0.02, 0.02, 0.02], 0.05), [false, false, false]);
    assert.deepEqual(holm([0.01, 0.02, 0.05], 0.05), [true, true, true]);
    assert.deepEqual(holm([], 0.05), []);
  });
});
