import { summary } from "../timing";
import { sendTraffic, type TrafficRequest } from "./client";
import { cpuMicroseconds } from "./proxies";

/** One of the things that are compared: the first of a list is what the others are held against. */
export interface Variant {
  readonly name: string;
  readonly request: TrafficRequest;
  /** Envoys whose CPU time counts, by what they are called in the table. */
  readonly proxies: Readonly<Record<string, readonly number[]>>;
}

export interface Round {
  readonly perSecond: number;
  /** Of one connection, in milliseconds. */
  readonly latencies: readonly number[];
  /** Microseconds of CPU for a request, by proxy. */
  readonly cpu: Readonly<Record<string, number>>;
}

const manyConnections = 32;

/** How long each measurement of a round takes, and how many there are. */
export interface Effort {
  readonly rounds: number;
  readonly milliseconds: number;
}

/**
 * Measures the variants in turn, A B C, A B C, …, in many short rounds: what else the machine does then meets all of them,
 * and the median of the rounds' ratios leaves out the rounds that it met unevenly. Latencies come from one connection, so
 * that no request waits for another; throughput and CPU time from so many that the machine has no idle time.
 */
export async function compareVariants(variants: readonly Variant[], effort: Effort): Promise<void> {
  const rounds = new Map(variants.map(({ name }) => [name, [] as Round[]]));
  for (const { request } of variants) await sendTraffic(request, manyConnections, effort.milliseconds);
  for (let count = 0; count < effort.rounds; count += 1) {
    // Every other round goes the other way, so that no variant always follows the same one.
    for (const variant of count % 2 === 0 ? variants : [...variants].reverse()) {
      rounds.get(variant.name)?.push(await measure(variant, effort.milliseconds));
    }
  }
  report(variants, rounds, effort);
}

async function measure({ request, proxies }: Variant, milliseconds: number): Promise<Round> {
  const { latencies } = await sendTraffic(request, 1, milliseconds);
  const before = Object.entries(proxies).map(([name, pids]) => [name, cpuMicroseconds(pids)] as const);
  const { perSecond, requests } = await sendTraffic(request, manyConnections, milliseconds);
  const cpu = before.map(([name, start]) => [name, (cpuMicroseconds(proxies[name] ?? []) - start) / requests]);
  return { perSecond, latencies, cpu: Object.fromEntries(cpu) };
}

function report(variants: readonly Variant[], all: ReadonlyMap<string, readonly Round[]>, effort: Effort): void {
  const [first] = variants;
  const base = all.get(first?.name ?? "") ?? [];
  process.stdout.write(
    `${effort.rounds} rounds, ${effort.milliseconds} ms each; differences to "${first?.name}", and their 95 % confidence intervals\n`,
  );
  for (const { name, proxies } of variants) {
    const rounds = all.get(name) ?? [];
    const line = (what: string, value: string, difference: () => string) =>
      process.stdout.write(
        `  ${name.padEnd(16)} ${what.padEnd(24)} ${value.padStart(12)}${name === first?.name ? "" : `  ${difference()}`}\n`,
      );
    const percent = (what: string, unit: string, digits: number, read: (round: Round) => number) =>
      line(what, `${summary(rounds.map(read)).median.toFixed(digits)} ${unit}`, () => {
        const ratios = rounds.map((round, index) => (read(round) / read(base[index] ?? round) - 1) * 100);
        return inWords(medianWithConfidence(ratios), 1, "%");
      });
    percent("throughput", "/s", 0, ({ perSecond }) => perSecond);
    for (const share of [0.5, 0.99]) {
      line(`p${share * 100}, one connection`, `${percentile(rounds, share).toFixed(3)} ms`, () =>
        inWords(percentileDifference(rounds, base, share), 3, "ms"),
      );
    }
    for (const proxy of Object.keys(proxies)) percent(`CPU of ${proxy}`, "µs", 1, ({ cpu }) => cpu[proxy] ?? 0);
  }
}

interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The interval comes from ranks alone (the binomial distribution of a median), whatever the values' distribution is. */
function medianWithConfidence(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const reach = (1.96 * Math.sqrt(sorted.length)) / 2;
  const at = (rank: number) => sorted[Math.max(0, Math.min(sorted.length - 1, rank))] ?? 0;
  return { value: at(Math.floor(middle)), low: at(Math.floor(middle - reach)), high: at(Math.ceil(middle + reach)) };
}

/** Of the latencies of all rounds together. */
function percentile(rounds: readonly Round[], share: number): number {
  const all = Float64Array.from(rounds.flatMap(({ latencies }) => latencies)).sort();
  return all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;
}

/** The interval is found by drawing rounds, in pairs and with replacement, since the latencies of one round go together. */
function percentileDifference(rounds: readonly Round[], base: readonly Round[], share: number): Estimate {
  const difference = (indexes: readonly number[]) => {
    const drawn = (from: readonly Round[]) => indexes.flatMap((index) => from[index] ?? []);
    return percentile(drawn(rounds), share) - percentile(drawn(base), share);
  };
  const indexes = rounds.map((_, index) => index);
  const draws = Array.from({ length: 400 }, () =>
    difference(indexes.map(() => Math.floor(Math.random() * indexes.length))),
  ).sort((a, b) => a - b);
  const at = (part: number) => draws[Math.floor((draws.length - 1) * part)] ?? 0;
  return { value: difference(indexes), low: at(0.025), high: at(0.975) };
}

function inWords({ value, low, high }: Estimate, digits: number, unit: string): string {
  const signed = (number: number) => `${number < 0 ? "" : "+"}${number.toFixed(digits)}`;
  return `${signed(value)} (${signed(low)} to ${signed(high)}) ${unit}`;
}
