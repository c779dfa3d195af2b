import type { Problem } from "../../tools/user-error";

/**
 * What somebody has to know or do: `first` before the first update, or requests fail; `decide` an object of others is in the
 * way, and stays as it is; `left out` not in the lanes, and why; `note` true, and nothing to do at once.
 */
export type FindingKind = "first" | "decide" | "left out" | "note";

export interface ImportFinding extends Problem {
  readonly kind: FindingKind;
}

export class Findings {
  public readonly list: ImportFinding[] = [];

  public add(kind: FindingKind, path: string, got: string, expected: string, fix: string): void {
    this.list.push({ kind, path, got, expected, fix });
  }
}
