import { setTimeout as sleep } from "node:timers/promises";

/** How often to ask, and for how long. Milliseconds. */
export interface Pace {
  /** After this nobody asks any more. The question is put at least once. */
  readonly withinMs: number;
  /** Pause between two questions; of each round, the first being 0, when it is a function. @default 100 */
  readonly everyMs?: number | ((round: number) => number);
}

/** `undefined` and `false` mean: not yet. */
type Answer<T> = T | undefined | false;

/** The time for a condition to come true has passed. */
export class TooLate extends Error {}

/** Asks until there is an answer. @returns it, or undefined when the time has passed. */
export async function poll<T>(ask: () => Answer<T> | Promise<Answer<T>>, pace: Pace): Promise<T | undefined> {
  const { withinMs, everyMs = 100 } = pace;
  const end = performance.now() + withinMs;
  for (let round = 0; ; round += 1) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    const pause = typeof everyMs === "number" ? everyMs : everyMs(round);
    const left = end - performance.now();
    if (left <= 0) return undefined;
    await sleep(Math.min(pause, left));
  }
}

/**
 * Asks until there is an answer.
 *
 * @param what is waited for, such as `the node to be Ready`. A function is called when the time has passed, so that it can
 * tell what was seen last.
 * @throws TooLate: `waited 30 s for the node to be Ready`.
 */
export async function waitFor<T>(
  what: string | (() => string),
  ask: () => Answer<T> | Promise<Answer<T>>,
  pace: Pace,
): Promise<T> {
  const answer = await poll(ask, pace);
  if (answer !== undefined) return answer;
  throw new TooLate(`waited ${pace.withinMs / 1000} s for ${typeof what === "string" ? what : what()}`);
}
