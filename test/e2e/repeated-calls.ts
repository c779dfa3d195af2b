import assert from "node:assert/strict";
import { callRepeated } from "../../apps/shared/client";

/** A workload that calls others. */
interface Caller {
  readonly app: string;
  readonly namespace: string;
}

/**
 * Calls that the apps sent again on their own when a kept connection broke: they would hide a failure. Pods that have gone have no
 * log any more, and of a long one there is the newest part.
 *
 * @param since a time, as `Date.toISOString` writes it.
 * @returns lines of their logs.
 */
export async function repeatedCalls(
  kubectl: (...args: string[]) => Promise<string>,
  callers: readonly Caller[],
  since: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const { app, namespace } of callers) {
    const which = ["--namespace", namespace, "--selector", `app=${app}`, "--container", "app"];
    const log = await kubectl("logs", ...which, "--tail=-1", `--since-time=${since}`, "--max-log-requests=10");
    const entries = log.split("\n").filter((line) => line.startsWith("{"));
    assert.ok(entries.length > 0, `${namespace}/${app} has no log`);
    found.push(...entries.filter((line) => line.includes(callRepeated) && JSON.parse(line).time >= since));
  }
  return found;
}
