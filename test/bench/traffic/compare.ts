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
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of CPU for a request, by proxy. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** How long each measurement of a round takes, and how many there are. */
export interface Effort {
  readonly rounds: number;
  readonly milliseconds: number;
}

/**
 * Measures the variants in turn, A B C, A B C, …, in many short rounds: what else the machine does then meets all of them,
 * and the median of the rounds' ratios leaves out the rounds that it met unevenly. Latencies come from one connection, so
 * that no request waits for another; throughput and CPU time from eight.
 */
export async function compareVariants(variants: readonly Variant[], effort: Effort): Promise<void> {
  const rounds = new Map(variants.map(({ name }) => [name, [] as Round[]]));
  for (const { request } of variants) await sendTraffic(request, 8, effort.milliseconds);
  for (let count = 0; count < effort.rounds; count += 1) {
    // Every other round goes the other way, so that no variant always follows the same one.
    for (const variant of count % 2 === 0 ? variants : [...variants].reverse()) {
      rounds.get(variant.name)?.push(await measure(variant, effort.milliseconds));
    }
  }
  report(variants, rounds, effort);
}

async function measure({ request, proxies }: Variant, milliseconds: number): Promise<Round> {
  const { p50, p99 } = await sendTraffic(request, 1, milliseconds);
  const before = Object.entries(proxies).map(([name, pids]) => [name, cpuMicroseconds(pids)] as const);
  const { perSecond, requests } = await sendTraffic(request, 8, milliseconds);
  const cpu = before.map(([name, start]) => [name, (cpuMicroseconds(proxies[name] ?? []) - start) / requests]);
  return { perSecond, p50, p99, cpu: Object.fromEntries(cpu) };
}

function report(variants: readonly Variant[], all: ReadonlyMap<string, readonly Round[]>, effort: Effort): void {
  const [first] = variants;
  const base = all.get(first?.name ?? "") ?? [];
  process.stdout.write(
    `${effort.rounds} rounds, ${effort.milliseconds} ms each; medians, and medians of the differences within a round to "${first?.name}" (quartiles)\n`,
  );
  for (const { name, proxies } of variants) {
    const rounds = all.get(name) ?? [];
    const line = (
      what: string,
      digits: number,
      unit: string,
      how: "percent" | "plain",
      read: (round: Round) => number,
    ) => {
      const values = rounds.map(read);
      const differences = rounds.map((round, index) => {
        const other = base[index];
        if (!other) return 0;
        return how === "percent" ? (read(round) / read(other) - 1) * 100 : read(round) - read(other);
      });
      const change =
        name === first?.name
          ? ""
          : `  ${quartiles(differences, how === "percent" ? 1 : digits)} ${how === "percent" ? "%" : unit}`;
      process.stdout.write(
        `  ${name.padEnd(22)} ${what.padEnd(24)} ${summary(values).median.toFixed(digits).padStart(9)} ${unit}${change}\n`,
      );
    };
    line("throughput", 0, "/s", "percent", ({ perSecond }) => perSecond);
    line("p50, one connection", 3, "ms", "plain", ({ p50 }) => p50);
    line("p99, one connection", 3, "ms", "plain", ({ p99 }) => p99);
    for (const proxy of Object.keys(proxies)) line(`CPU of ${proxy}`, 1, "µs", "percent", ({ cpu }) => cpu[proxy] ?? 0);
  }
}

function quartiles(values: readonly number[], digits: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const signed = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(digits)}`;
  return `${signed(at(0.5))} (${signed(at(0.25))} to ${signed(at(0.75))})`;
}
