import { endProcesses } from "../tools/embedded/processes";
import type { Reporter } from "../tools/report/reporter";
import { type RunningProcess, strayProcesses } from "../tools/stray-processes";

/**
 * Ends what a killed update left running: it would go on with its work beside the next one. Only for whoever holds the checkout's
 * lock, while no engine is at work.
 *
 * @param orphansOnly leaves alone what belongs to a command that lives, such as a rollout between two of its updates.
 */
export async function endStrays(reporter: Reporter, orphansOnly = false): Promise<void> {
  const all = strayProcesses();
  const strays = orphansOnly ? orphansAmong(all) : all;
  if (strays.length === 0) return;
  const named = strays.map(({ pid, args }) => `${pid} ${args.slice(0, 2).join(" ")}`);
  reporter.note(`ending processes that outlived an update: ${named.join(", ")}`);
  await endProcesses(
    strays.map(({ pid }) => pid),
    10_000,
  );
}

/** Those that nobody waits for: the first of their line was handed over to the machine's first process. */
export function orphansAmong(strays: readonly RunningProcess[]): RunningProcess[] {
  const byPid = new Map(strays.map((process) => [process.pid, process]));
  const isOrphan = (process: RunningProcess, seen = new Set<number>()): boolean => {
    const parent = byPid.get(process.parent);
    if (!parent || seen.has(process.pid)) return process.parent <= 1;
    return isOrphan(parent, seen.add(process.pid));
  };
  return strays.filter((process) => isOrphan(process));
}
