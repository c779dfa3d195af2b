import Table from "cli-table3";
import pc from "picocolors";
import type { ToolNeeds } from "../tools/toolchain/bundles";
import { inspectTools, type ToolState } from "../tools/toolchain/inspect";
import type { ToolchainOptions } from "../tools/toolchain/settings";

/** What `lanes doctor` is asked. */
export interface DoctorOptions {
  readonly needs: ToolNeeds;
  /** Print the states as JSON. Default: a table. */
  readonly json?: boolean;
  /** Where the report goes. Default: stdout. */
  readonly write?: (text: string) => void;
  readonly toolchain?: ToolchainOptions;
}

/**
 * Prints each tool, its version, where it comes from and, for what is missing, the command that fixes it.
 *
 * @returns whether a start would succeed as far as tools go; false when the user has to act first.
 */
export async function runDoctor(options: DoctorOptions): Promise<boolean> {
  const states = await inspectTools(options.needs, options.toolchain);
  const write = options.write ?? ((text: string) => process.stdout.write(text));
  write(options.json ? `${JSON.stringify(states, undefined, 2)}\n` : doctorReport(states));
  return isWell(states);
}

/** Whether nothing is missing that only the user can bring. */
export function isWell(states: readonly ToolState[]): boolean {
  return states.every((state) => state.state !== "missing");
}

/** The report as text: a table, then one line for each thing that can be fixed. */
export function doctorReport(states: readonly ToolState[]): string {
  const table = new Table({
    head: ["tool", "version", "source", "state"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const { tool, version, wanted, source, state } of states) {
    table.push([tool, version ?? (wanted === "any" ? "" : `(${wanted})`), source, coloured(state)]);
  }
  return `${table.toString()}\n${advice(states).join("\n")}\n`;
}

/** What to do, one line for each command: tools that one command fixes share its line. */
function advice(states: readonly ToolState[]): string[] {
  const byCommand = new Map<string, string[]>();
  for (const { tool, fix, state } of states) {
    if (fix === undefined) continue;
    const name = state === "optional" ? `${tool} (only without internet)` : tool;
    byCommand.set(fix, [...(byCommand.get(fix) ?? []), name]);
  }
  if (byCommand.size === 0) return ["Everything is there."];
  const lines = [...byCommand].map(([fix, tools]) => `  ${tools.join(", ")}: ${fix}`);
  return [isWell(states) ? "Nothing has to be done by hand:" : "To fix:", ...lines];
}

function coloured(state: ToolState["state"]): string {
  switch (state) {
    case "ready":
      return pc.green(state);
    case "will be got":
      return pc.cyan(state);
    case "optional":
      return pc.yellow(state);
    case "missing":
      return pc.red(state);
    default: {
      const never: never = state;
      return never;
    }
  }
}
