import type { Verdict } from "../../components/lanes/analysis/verdict";
import { verdictLines } from "../../components/lanes/analysis/words";
import { timeText } from "./options";

/** Lane -> percent. */
type Weights = Readonly<Record<string, number>>;

/** Requests of the baseline that a lane gets copies of. */
export interface Copies {
  readonly lane: string;
  readonly percent: number;
}

/** Who gets what, by the config. */
export interface Shares {
  readonly weights: Weights;
  /** None where no requests are copied. */
  readonly copies?: Copies;
}

/** One thing that a rollout says. As a line of JSON, each has the time as `at` and the verdict in words as `lines`. */
export type RolloutEvent =
  | { readonly event: "begin"; readonly lane: string; readonly weights: Weights; readonly steps: readonly number[] }
  | ({ readonly event: "written"; readonly files: readonly string[] } & Shares)
  | { readonly event: "update"; readonly step: number | "promote" | "roll back" }
  | { readonly event: "watch"; readonly step: number; readonly pause: number }
  | {
      readonly event: "look";
      readonly step: number;
      /** Milliseconds. */
      readonly elapsed: number;
      /** Requests at the entry. */
      readonly canary: number;
      readonly baseline: number;
    }
  | { readonly event: "note"; readonly text: string }
  | { readonly event: "verdict"; readonly step: number; readonly verdict: Verdict; readonly lines: readonly string[] }
  | { readonly event: "failed"; readonly step: number; readonly reasons: readonly string[] }
  | ({ readonly event: "end"; readonly result: RolloutResult; readonly text: string } & Shares);

/** How a rollout ends. Only the first two have exit code 0. */
export type RolloutResult = "done" | "promoted" | "rolled back" | "no verdict" | "stopped" | "update failed";

export function verdictEvent(step: number, verdict: Verdict): RolloutEvent {
  return { event: "verdict", step, verdict, lines: verdictLines(verdict) };
}

export function weightsText(weights: Weights): string {
  return Object.entries(weights)
    .map(([lane, weight]) => `${lane} ${weight} %`)
    .join(", ");
}

/** `v1 100 %, v2 0 %, copies of 10 % to v2` */
export function shareText({ weights, copies }: Shares): string {
  return [weightsText(weights), ...(copies ? [`copies of ${copies.percent} % to ${copies.lane}`] : [])].join(", ");
}

/** A line for a person. */
export function eventText(event: RolloutEvent): string {
  switch (event.event) {
    case "begin":
      return `rollout of ${event.lane}: now ${weightsText(event.weights)}; steps ${event.steps.join(", ")} %`;
    case "written":
      return `wrote ${event.files.join(", ")}: ${shareText(event)}`;
    case "update":
      return typeof event.step === "number" ? `step ${event.step} %: update` : `${event.step}: update`;
    case "watch":
      return `step ${event.step} %: watching for ${timeText(event.pause)}`;
    case "look":
      return `step ${event.step} %: ${timeText(event.elapsed)}, ${event.canary} requests in the canary, ${event.baseline} in the baseline`;
    case "note":
      return event.text;
    case "verdict":
      return event.lines.map((line) => `step ${event.step} %: ${line}`).join("\n");
    case "failed":
      return `step ${event.step} % failed, rolling back`;
    case "end":
      return event.text;
    default:
      return event satisfies never;
  }
}

/** A line for a program. */
export function eventJson(event: RolloutEvent, at: Date): string {
  return JSON.stringify({ format: "mesh-lanes/rollout-event/1", at: at.toISOString(), ...event });
}
