import { alphaOf } from "../../components/lanes/analysis/spending";
import type { HopCount, Tally } from "../../components/lanes/analysis/tally";
import { judge } from "../../components/lanes/analysis/verdict";
import { verdictLines } from "../../components/lanes/analysis/words";
import type { LaneGroup } from "../../components/lanes/spec";
import { firstLine } from "../../tools/values";
import { type RolloutEvent, verdictEvent } from "./events";
import type { RolloutPlan } from "./options";

/** What the proxies have logged since the watch began. */
export interface ProxyWatch {
  /** All of it so far. @throws when no proxy answers. */
  read(): Promise<Tally>;
}

/** What a step is judged by. */
export interface Gates {
  /** Begins to watch the proxies of a group. */
  watch(group: LaneGroup): Promise<ProxyWatch>;
  /** What is wrong with the answer of a URL; undefined when it is well. */
  check(url: string): Promise<string | undefined>;
  /** Milliseconds. */
  now(): number;
  /** Ends early when the run is to stop. */
  sleep(milliseconds: number): Promise<void>;
  readonly stopped: AbortSignal;
  say(event: RolloutEvent): void;
}

export type StepOutcome =
  | { readonly kind: "passed"; readonly tally: Tally }
  | { readonly kind: "worse" | "no verdict" | "stopped"; readonly reasons: readonly string[] };

/** The lanes that are compared. */
export interface Compared {
  readonly group: LaneGroup;
  readonly baseline: string | undefined;
  readonly earlier: ReadonlyMap<string, HopCount>;
}

/** So often in a row a URL may answer wrongly before the step fails: one answer may be lost to anything. */
const mostFailedChecks = 3;

/** Pause between two looks, in milliseconds: a dozen in the time of a step. */
export function lookEvery(pause: number): number {
  return Math.min(10_000, Math.max(2000, pause / 12));
}

/** Watches a step until its time has passed, or until it is plain that the canary is worse. */
export async function watchStep(
  step: number,
  plan: RolloutPlan,
  compared: Compared,
  gates: Gates,
): Promise<StepOutcome> {
  const { say, now, stopped } = gates;
  const { group, baseline = "", earlier } = compared;
  const watch = await gates.watch(group);
  const begin = now();
  const failures = new Map<string, number>();
  let [tally, finalLooks, said]: [Tally | undefined, number, number] = [undefined, 0, 0];
  say({ event: "watch", step, pause: plan.pause });
  for (let look = 1; ; look += 1) {
    await gates.sleep(
      Math.min(lookEvery(plan.pause), Math.max(0, begin + plan.pause - now()) || lookEvery(plan.pause)),
    );
    if (stopped.aborted) return { kind: "stopped", reasons: ["it was interrupted"] };
    const broken = await failedChecks(plan.checks, failures, gates);
    if (broken.length > 0) return { kind: "worse", reasons: broken };
    tally = await watch.read().catch((error: unknown) => {
      say({ event: "note", text: `the proxies cannot be read: ${firstLine(error)}` });
      return tally;
    });
    const elapsed = now() - begin;
    const over = elapsed >= plan.pause;
    if (tally) {
      const entries = [...new Set([group.entry.service, ...group.entry.routes.map(({ service }) => service)])];
      const requests = (lane: string) => {
        return entries.reduce((sum, service) => sum + (tally?.of(lane, service).requests ?? 0), 0);
      };
      if (over || elapsed - said >= 15_000) {
        said = elapsed;
        say({ event: "look", step, elapsed, canary: requests(plan.lane), baseline: requests(baseline) });
      }
      const atEnd = over && finalLooks === 0;
      const comparison = { group, canary: plan.lane, baseline, tally, earlier };
      const verdict = judge(comparison, plan.limits, alphaOf(atEnd ? undefined : look));
      if (over) finalLooks += 1;
      if (verdict.kind === "worse" || (over && verdict.kind === "as good") || elapsed >= plan.patience) {
        say(verdictEvent(step, verdict));
        if (verdict.kind === "worse") return { kind: "worse", reasons: verdictLines(verdict) };
        if (verdict.kind === "as good") return { kind: "passed", tally };
        return { kind: "no verdict", reasons: verdictLines(verdict) };
      }
      if (atEnd) say(verdictEvent(step, verdict));
    } else if (elapsed >= plan.patience) {
      return { kind: "no verdict", reasons: ["the proxies could not be read"] };
    }
  }
}

async function failedChecks(urls: readonly string[], failures: Map<string, number>, gates: Gates): Promise<string[]> {
  const broken: string[] = [];
  for (const url of urls) {
    const problem = await gates.check(url);
    const count = problem === undefined ? 0 : (failures.get(url) ?? 0) + 1;
    failures.set(url, count);
    if (problem !== undefined) gates.say({ event: "note", text: `${url}: ${problem} (${count} in a row)` });
    if (count >= mostFailedChecks) broken.push(`${url}: ${problem}, ${count} times in a row`);
  }
  return broken;
}
