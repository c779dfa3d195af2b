import execa from "execa";
import { projectRoot } from "../../tools/paths";

export interface Timing {
  readonly runs: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Seconds that a command takes as a whole process, over several runs. @throws when a run fails. */
export async function time(
  command: string,
  args: readonly string[],
  runs: number,
  env: NodeJS.ProcessEnv = {},
  input = "",
): Promise<Timing> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const startedAt = performance.now();
    await execa(command, [...args], { cwd: projectRoot, env, input });
    seconds.push((performance.now() - startedAt) / 1000);
  }
  return summary(seconds);
}

export function summary(values: readonly number[]): Timing {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { runs: sorted.length, min: at(0), median: at(0.5), max: at(1) };
}

/** @param share 0.99 for the value that 99 of 100 do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
