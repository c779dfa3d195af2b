import { alphaOf } from "../../components/lanes/analysis/spending";
import type { HopCount, Tally } from "../../components/lanes/analysis/tally";
import { judge } from "../../components/lanes/analysis/verdict";
import { verdictLines } from "../../components/lanes/analysis/words";
import type { LaneGroup } from "../../components/lanes/spec";
import { firstLine } from "../../tools/values";
import { copiesStep } from "./copies";
import { type RolloutEvent, verdictEvent } from "./events";
import type { RolloutPlan } from "./options";

/** What the proxies have logged since the watch began. */
export interface ProxyWatch {
  /** All of it so far. @throws when no proxy answers. */
  read(): Promise<Tally>;
}

/** What a step is judged by. */
export interface Gates {
  /** Begins to watch the proxies of a group; where requests are copied, by what arrives at the services behind the gateway. */
  watch(group: LaneGroup, requests: "sent" | "copied"): Promise<ProxyWatch>;
  /** What is wrong with the answer of a URL; undefined when it is well. */
  check(url: string): Promise<string | undefined>;
  /** Why a condition in PromQL does not hold by the Prometheus at a URL; undefined when it does. */
  query(server: string, query: string): Promise<string | undefined>;
  /** Milliseconds. */
  now(): number;
  /** Ends early when the run is to stop. */
  sleep(milliseconds: number): Promise<void>;
  readonly stopped: AbortSignal;
  say(event: RolloutEvent): void;
  /** What was read at a look, for whoever shows more than lines. @default nobody does */
  saw?(seen: Seen): void;
}

/** What the lanes of a step have met so far. */
export interface Seen {
  readonly group: LaneGroup;
  readonly canary: string;
  readonly baseline: string;
  readonly tally: Tally;
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

/** Wrong answers in a row, of a URL or a condition, with which a step fails: a single one may be lost to anything. */
const mostFailedChecks = 3;

/** Who sends a copy logs nothing of it. */
const unseenCopies = "copies that did not arrive are logged nowhere: are the lane's pods ready?";

/** Pause between two looks, in milliseconds: a dozen in the time of a step. */
function lookEvery(pause: number): number {
  return Math.min(10_000, Math.max(2000, pause / 12));
}

/** Proxies write their logs once a second, each at its own time: the hop where it begins may be a little late. */
const flushed = 2000;

/** A line tells how it goes at most so often, in milliseconds. */
const lineEvery = 15_000;

/** Watches a step until its time has passed, or until it is plain that the canary is worse. */
export async function watchStep(
  step: number,
  plan: RolloutPlan,
  compared: Compared,
  gates: Gates,
): Promise<StepOutcome> {
  const { say, now, sleep, stopped } = gates;
  const { pause, patience, limits, lane: canary } = plan;
  const { group, baseline = "", earlier } = compared;
  const watch = await gates.watch(group, step === copiesStep ? "copied" : "sent");
  const begin = now();
  const failures = new Map<string, number>();
  // What was read before is not judged again: it would let a step pass that nobody sees.
  const read = () =>
    watch.read().catch((error: unknown) => {
      say({ event: "note", text: `the proxies cannot be read: ${firstLine(error)}` });
      return undefined;
    });
  const judged = (tally: Tally, alpha: number) => judge({ group, canary, baseline, tally, earlier }, limits, alpha);
  let [ended, said] = [false, 0];
  say({ event: "watch", step, pause });
  for (let look = 1; ; look += 1) {
    const left = begin + pause - now();
    await sleep(left > 0 ? Math.min(lookEvery(pause), left) : lookEvery(pause));
    if (stopped.aborted) return { kind: "stopped", reasons: ["it was interrupted"] };
    const broken = await failedChecks(plan, failures, gates);
    if (broken.length > 0) return { kind: "worse", reasons: broken };
    const tally = await read();
    const elapsed = now() - begin;
    const late = elapsed >= patience;
    if (!tally) {
      if (late) return { kind: "no verdict", reasons: ["the proxies could not be read"] };
      continue;
    }
    gates.saw?.({ group, canary, baseline, tally });
    const over = elapsed >= pause;
    const atEnd = over && !ended;
    ended ||= over;
    if (atEnd || elapsed - said >= lineEvery) {
      said = elapsed;
      const [mine, theirs] = [requestsOf(group, tally, canary), requestsOf(group, tally, baseline)];
      say({ event: "look", step, elapsed, canary: mine, baseline: theirs });
    }
    const alpha = alphaOf(atEnd ? undefined : look);
    let verdict = judged(tally, alpha);
    if (verdict.kind === "worse") {
      await sleep(flushed);
      verdict = judged((await read()) ?? tally, alpha);
    }
    const decided = verdict.kind === "worse" || (over && verdict.kind === "as good") || late;
    if (decided || atEnd) say(verdictEvent(step, verdict));
    if (!decided) continue;
    if (verdict.kind === "as good") return { kind: "passed", tally };
    if (verdict.kind === "worse") return { kind: "worse", reasons: verdictLines(verdict) };
    return { kind: "no verdict", reasons: [...verdictLines(verdict), ...(step === copiesStep ? [unseenCopies] : [])] };
  }
}

/** Requests of a lane at the group's entry. */
function requestsOf({ entry }: LaneGroup, tally: Tally, lane: string): number {
  const services = [...new Set([entry.service, ...entry.routes.map(({ service }) => service)])];
  return services.reduce((sum, service) => sum + tally.of(lane, service).requests, 0);
}

async function failedChecks(
  { checks, prometheus }: RolloutPlan,
  failures: Map<string, number>,
  gates: Gates,
): Promise<string[]> {
  const broken: string[] = [];
  const asked = [
    ...checks.map((url) => [url, () => gates.check(url)] as const),
    ...(prometheus
      ? prometheus.queries.map((query) => [query, () => gates.query(prometheus.url, query)] as const)
      : []),
  ];
  for (const [what, ask] of asked) {
    const problem = await ask();
    const count = problem === undefined ? 0 : (failures.get(what) ?? 0) + 1;
    failures.set(what, count);
    if (problem !== undefined) gates.say({ event: "note", text: `${what}: ${problem} (${count} in a row)` });
    if (count >= mostFailedChecks) broken.push(`${what}: ${problem}, ${count} times in a row`);
  }
  return broken;
}
