import type { FindingCode } from "./catalogue";

/** `error`: requests of a lane fail or leave it. `warning`: they do not now, but something is not as planned. */
export type Severity = "error" | "warning" | "note";

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Undefined: it concerns the whole mesh. */
  readonly group?: string;
  /** Lanes that it concerns; none when no request is at stake. */
  readonly lanes: readonly string[];
  readonly service?: string;
  /** What is wrong and what follows from it, in words. */
  readonly cause: string;
  /** The command or the change of config that fixes it. */
  readonly fix: string;
}

const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/** Worst first, then by code. */
export function bySeverity(left: Finding, right: Finding): number {
  return ranks[left.severity] - ranks[right.severity] || left.code.localeCompare(right.code);
}

/** Every update compares what the mesh has with the plan, and writes what differs again. */
export const restorePlan = 'Restore the planned objects: npx lanes up, or eval "$(npx lanes env)" && pulumi up.';

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A few names of many. */
export function someOf(words: readonly string[], most = 3): string {
  const shown = words.slice(0, most);
  return words.length > most ? `${shown.join(", ")} and ${words.length - most} more` : listed(shown);
}
