import type { Limits } from "../../components/lanes/analysis/verdict";
import { millis } from "../../components/lanes/policy/duration";
import { isWebUrl } from "../../tools/http/web-url";
import { type Problem, UserError } from "../../tools/user-error";

/** Flags of `lanes rollout`, as they were given. */
export interface RolloutFlags {
  readonly stack: string;
  readonly group?: string;
  readonly steps: string;
  readonly mirrorPercent?: string;
  readonly pause: string;
  readonly patience: string;
  readonly approve: boolean;
  readonly promote: boolean;
  readonly minRequests: string;
  readonly maxErrorIncrease: string;
  readonly maxLatency?: string;
  readonly check?: readonly string[];
  readonly prometheus?: string;
  readonly query?: readonly string[];
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** What a rollout does. */
export interface RolloutPlan {
  readonly lane: string;
  /** Percents, rising. At 0 the lane gets copies of requests. */
  readonly steps: readonly number[];
  /** Percent of the requests that are copied at the step 0. @default 10 */
  readonly copies: number;
  /** How long a step is watched, in milliseconds. */
  readonly pause: number;
  /** How long a step with too little traffic is watched, in milliseconds. */
  readonly patience: number;
  /** Somebody is asked before each step. */
  readonly approve: boolean;
  /** The lane becomes the baseline at the end. */
  readonly promote: boolean;
  readonly limits: Limits;
  /** URLs that must answer with 2xx or 3xx. */
  readonly checks: readonly string[];
  /** Conditions that a Prometheus server must say hold. @default none */
  readonly prometheus?: PrometheusPlan;
}

export interface PrometheusPlan {
  readonly url: string;
  /** In PromQL, at least one. */
  readonly queries: readonly string[];
}

/** Copies load the lane, and all that it calls, without a use to anybody: a tenth is plenty for most. */
const usualCopies = 10;

/** What a flag takes. */
interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  readonly example: number;
}

/** `2m`, `90s`, `1m30s`, `250ms` -> milliseconds; undefined for anything else. */
function duration(text: string): number | undefined {
  if (!/^([\d.]+[a-z]+)+$/.test(text)) return undefined;
  const parts = text.match(/[\d.]+[a-z]+/g) ?? [];
  return parts.reduce<number | undefined>((sum, part) => {
    const length = millis(part);
    return sum === undefined || length === undefined ? undefined : sum + length;
  }, 0);
}

/** @throws UserError naming every flag that is wrong. */
export function rolloutPlan(lane: string, flags: RolloutFlags): RolloutPlan {
  const problems: Problem[] = [];
  const wrong = (path: string, got: string, expected: string, fix: string): void => {
    problems.push({ path, got, expected, fix });
  };
  const time = (path: string, text: string, least: number): number => {
    const value = duration(text);
    if (value !== undefined && value >= least) return value;
    wrong(path, `got "${text}"`, `a time of at least ${least / 1000} s`, `Write ${path} 2m, 90s or 1m30s.`);
    return 0;
  };
  const number = (path: string, text: string, { least, most, whole, example }: NumberRange): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    const expected = `a ${whole ? "whole " : ""}number, ${least} to ${most}`;
    wrong(path, `got "${text}"`, expected, `Write ${path} ${example}.`);
    return least;
  };
  const steps = flags.steps.split(",").map((text) => Number(text.trim().replace(/%$/, "") || Number.NaN));
  const rising = steps.every((step, index) => {
    return Number.isInteger(step) && step > (steps[index - 1] ?? -1) && step <= 100;
  });
  const copying = rising && steps[0] === 0;
  if (!rising) {
    const fix = "Write --steps 1,10,50,100.";
    wrong("--steps", `got "${flags.steps}"`, "whole numbers, 0 to 100, each greater than the one before", fix);
  } else if (copying && steps.length === 1) {
    const fix = "Add what comes then, such as --steps 0,10.";
    wrong("--steps", "the only step is 0", "a step behind that of copies", fix);
  } else if (steps[0] === 100) {
    const fix = "Begin with less, such as --steps 50,100.";
    wrong("--steps", "the first step is 100", "a first step that leaves the baseline traffic to compare with", fix);
  }
  if (flags.promote && rising && steps.at(-1) !== 100) {
    const fix = `Write --steps ${flags.steps},100, or leave out --promote.`;
    wrong("--promote", `the last step is ${steps.at(-1)}`, "a last step of 100", fix);
  }
  const copies = number("--mirror-percent", (flags.mirrorPercent ?? `${usualCopies}`).replace(/\s*%$/, ""), {
    least: 0.01,
    most: 100,
    whole: false,
    example: usualCopies,
  });
  if (flags.mirrorPercent !== undefined && rising && !copying) {
    const fix = `Write --steps 0,${flags.steps}, or leave out --mirror-percent.`;
    wrong("--mirror-percent", `the first step is ${steps[0]}`, "a step 0, at which requests are copied", fix);
  }
  const checks = flags.check ?? [];
  for (const url of checks) {
    if (isWebUrl(url)) continue;
    wrong("--check", `got "${url}"`, "a URL of http or https", "Write --check https://shop.example.com/health.");
  }
  const { prometheus, query: queries = [] } = flags;
  if (prometheus !== undefined && !isWebUrl(prometheus)) {
    wrong(
      "--prometheus",
      `got "${prometheus}"`,
      "a URL of http or https",
      "Write --prometheus http://prometheus:9090.",
    );
  }
  if (queries.length > 0 && prometheus === undefined) {
    const fix = "Add --prometheus http://prometheus:9090.";
    wrong("--query", "there is no --prometheus", "the server that is asked", fix);
  }
  if (queries.length === 0 && prometheus !== undefined) {
    const fix = "Add --query 'sum(rate(checkout_failed_total[1m])) < 1', or leave it out.";
    wrong("--prometheus", "there is no --query", "a condition to ask for", fix);
  }
  for (const query of queries) {
    // With it a comparison answers 0 for false, and so always.
    if (!/(==|!=|[<>]=?)\s*bool\b/.test(query)) continue;
    const expected = "a comparison that keeps the series that fit";
    wrong("--query", `"bool" in ${query}`, expected, "Leave out bool: with it, every comparison has an answer.");
  }
  const pause = time("--pause", flags.pause, 5000);
  const patience = time("--patience", flags.patience, 5000);
  const minRequests = number("--min-requests", flags.minRequests, {
    least: 1,
    most: 1_000_000,
    whole: true,
    example: 100,
  });
  const increase = number("--max-error-increase", flags.maxErrorIncrease.replace(/\s*%$/, ""), {
    least: 0,
    most: 100,
    whole: false,
    example: 0.5,
  });
  const maxLatency = flags.maxLatency === undefined ? undefined : time("--max-latency", flags.maxLatency, 1);
  if (flags.approve && flags.json) {
    const fix = "Leave one of them out.";
    wrong("--approve", "--json is given too", "a terminal to ask in", fix);
  }
  if (problems.length > 0) throw new UserError("lanes rollout cannot run like this", problems);
  return {
    ...{ lane, steps, copies, pause, checks, approve: flags.approve, promote: flags.promote },
    ...(prometheus !== undefined && { prometheus: { url: prometheus, queries } }),
    patience: Math.max(patience, pause),
    limits: { minRequests, maxErrorIncrease: increase / 100, ...(maxLatency !== undefined && { maxLatency }) },
  };
}

/** `2 min`, `90 s` */
export function timeText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
