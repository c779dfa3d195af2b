/** The parts of a report of `lanes preview --json` that tell of drift. */
export interface DriftReport {
  readonly failed: string | null;
  readonly lanes: { readonly verdict: { readonly risk: string | null; readonly text: string } };
  readonly changes: readonly {
    readonly operation: string;
    readonly type: string;
    readonly name: string;
    readonly cause: string;
    readonly drift: readonly string[];
  }[];
}
export function driftOf(report: DriftReport): string[];
