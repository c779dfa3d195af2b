import type { LaneGroup } from "../spec";

/** The lane that the canary is compared with: the baseline, else the one with the most weight. */
export function baselineOf({ baseline, entry, lanes }: LaneGroup, canary: string): string | undefined {
  const others = lanes.filter(({ name }) => name !== canary);
  const [most] = [...others].sort((one, other) => (other.weight ?? 0) - (one.weight ?? 0));
  const named = [baseline, entry.unmatched].find((name) => others.some((lane) => lane.name === name));
  return named ?? (most?.weight === undefined ? undefined : most.name);
}
