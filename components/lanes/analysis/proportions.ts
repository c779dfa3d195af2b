/*
 * Tests of proportions, exact for counts of any size. A normal approximation (and so Newcombe's interval) needs some errors on
 * both sides, and a canary with 1 % of the traffic has none or a few: there its error rate is far from what it promises. Fisher's
 * test promises at most alpha for every number of requests.
 *
 * R. A. Fisher, The Design of Experiments (1935), chapter 2; A. Agresti, Categorical Data Analysis, 3rd edition, section 3.5.
 */

/** Coefficients of Stirling's series: NIST Digital Library of Mathematical Functions, 5.11.1. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680];

/** Of small numbers the logarithms are summed; from here on the series is exact to the last bit or two. */
const seriesFrom = 32;

/** Natural logarithm of n! for a whole number from 0. */
export function logFactorial(n: number): number {
  if (n < seriesFrom) {
    let sum = 0;
    for (let factor = 2; factor <= n; factor += 1) sum += Math.log(factor);
    return sum;
  }
  const series = stirling.reduce((sum, coefficient, k) => sum + coefficient / n ** (2 * k + 1), 0);
  return (n + 0.5) * Math.log(n) - n + Math.log(2 * Math.PI) / 2 + series;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** A count out of a total: errors out of requests. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/**
 * Fisher's exact test, one-sided: how likely the first share would be this large or larger if both came from the same chance.
 *
 * @returns the p-value, 0 to 1; 1 where one side has nothing.
 * @example largerByChance({ count: 3, of: 4 }, { count: 1, of: 4 }) // 17/70: the lady tasting tea
 */
export function largerByChance(one: Share, other: Share): number {
  const all = one.of + other.of;
  const counted = one.count + other.count;
  if (one.of === 0 || other.of === 0 || one.count === 0) return 1;
  const whole = logChoose(all, counted);
  const most = Math.min(one.of, counted);
  return tail(one.count, most, (k) => logChoose(one.of, k) + logChoose(other.of, counted - k) - whole);
}

/**
 * The exact binomial test, one-sided: how likely a share would be this large or larger if its chance were `chance`.
 *
 * @param chance greater than 0 and less than 1.
 */
export function largerThan({ count, of }: Share, chance: number): number {
  if (count === 0) return 1;
  return tail(count, of, (k) => logChoose(of, k) + k * Math.log(chance) + (of - k) * Math.log1p(-chance));
}

/** Sum of probabilities given as logarithms; ends where nothing more is to come. */
function tail(from: number, to: number, logOf: (k: number) => number): number {
  let sum = 0;
  let before = 0;
  for (let k = from; k <= to; k += 1) {
    const term = Math.exp(logOf(k));
    sum += term;
    // Past the mode the terms only fall.
    if (term < before && term < sum * 1e-16) break;
    before = term;
  }
  return Math.min(1, sum);
}

/**
 * Which of several tests say so, when all are asked at once: Holm's procedure, by which the chance that any of them is wrong stays
 * at most alpha. S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979), 65-70.
 */
export function holm(pValues: readonly number[], alpha: number): boolean[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const first = order.findIndex(({ p }, rank) => p > alpha / (order.length - rank));
  const rejected = new Set(order.slice(0, first < 0 ? order.length : first).map(({ index }) => index));
  return pValues.map((_, index) => rejected.has(index));
}
