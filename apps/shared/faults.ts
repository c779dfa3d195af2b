import { setTimeout as sleep } from "node:timers/promises";
import type { EnvReader } from "./env";

/** What an app does wrong on purpose, so that a rollout can be rehearsed: shares of what it is asked, 0 to 100 percent. */
export interface Faults {
  /** Fails: HTTP 503, a refused handshake of a WebSocket, UNAVAILABLE of gRPC. */
  readonly failPercent: number;
  /** Waits before it answers. */
  readonly slowPercent: number;
  readonly slowMilliseconds: number;
}

export const noFaults: Faults = { failPercent: 0, slowPercent: 0, slowMilliseconds: 1000 };

/** How a request is told that it fails on purpose. */
export const failsOnPurpose = "fails on purpose (FAIL_PERCENT)";

/** Reads FAIL_PERCENT, SLOW_PERCENT and SLOW_MS. @default 0, 0 and 1000 */
export function readFaults(env: EnvReader): Faults {
  return {
    failPercent: env.integer("FAIL_PERCENT", 0, 0, 100),
    slowPercent: env.integer("SLOW_PERCENT", 0, 0, 100),
    slowMilliseconds: env.integer("SLOW_MS", noFaults.slowMilliseconds, 1, 600_000),
  };
}

/**
 * Waits where this request is to be slow.
 *
 * @returns whether it is to fail.
 */
export async function meetsFault({ failPercent, slowPercent, slowMilliseconds }: Faults): Promise<boolean> {
  if (isAmong(slowPercent)) await sleep(slowMilliseconds);
  return isAmong(failPercent);
}

function isAmong(percent: number): boolean {
  return Math.random() * 100 < percent;
}
