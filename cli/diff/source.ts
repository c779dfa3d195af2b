import type { StackConfig } from "../../config/stack";

/** A config and what it is called. */
export interface Source {
  readonly name: string;
  readonly config: StackConfig;
  /** See `RawStackConfig`; none where no file was read. */
  readonly ciphers?: ReadonlyMap<string, string>;
  /** Whether there is no such stack, or it has nothing yet: see {@link nothingOf}. @default false */
  readonly isNothing?: boolean;
}

/**
 * A stack that is not there, or has nothing yet, beside one that is: of lanes, workloads and calls it has none. Of all else it has
 * what the other one has, since settings of what was not there do not change.
 */
export function nothingOf(name: string, other: StackConfig): Source {
  const { laneGroups: _groups, workloads: _workloads, allow: _allow, ...rest } = other;
  return { name, config: { ...rest, laneGroups: [], workloads: [], allow: [] }, isNothing: true };
}
