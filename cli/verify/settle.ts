import { poll } from "../../tools/poll";
import { type Reporter, silentReporter } from "../../tools/report/reporter";
import { verifyGroups } from "../verify";
import type { GroupTarget } from "./targets";
import { lanePassed } from "./verify-group";

/**
 * Waits until one request of each lane takes the path of the plan. For the proof that follows a start of the cluster only:
 * pods are ready some seconds before every proxy has heard of their new addresses, and that is no fault of a lane. After any
 * other change nothing is waited for, so that a gap it leaves is seen.
 *
 * @param patienceMs after that it returns all the same: the proof then says what is wrong.
 */
export async function waitForLanes(
  targets: readonly GroupTarget[],
  reporter: Reporter,
  patienceMs = 30_000,
): Promise<void> {
  const found = async (): Promise<boolean> => {
    const results = await verifyGroups(targets, 1, silentReporter);
    const open = results.filter((result) => result.requests > 0 && !lanePassed(result)).length;
    if (open > 0) reporter.waiting(`the proxies to find the pods of ${open} lanes, after the start of the cluster`);
    return open === 0;
  };
  await poll(found, { withinMs: patienceMs, everyMs: 300 });
}
