import { closeSync, openSync, writeSync } from "node:fs";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { unlessFull } from "../../tools/disk/full";
import type { Reporter } from "../../tools/report/reporter";
import { StampedLines } from "../../tools/report/stamped-lines";
import { plain, stateOf, warningOf } from "./engine-text";

/**
 * Turns the engine's events into progress: what changed, and what is being waited for now. The engine's whole output
 * goes to a log file, with the time of each line, so that a terminal or a CI log stays readable.
 */
export class UpdateProgress {
  /** URN -> what is done with it, and what it says is wrong meanwhile. */
  private readonly running = new Map<string, { readonly name: string; readonly state?: string }>();
  private readonly errors: string[] = [];
  private readonly file: number;
  private readonly lines: StampedLines;
  private finished = 0;

  public constructor(
    private readonly reporter: Reporter,
    private readonly logFile: string,
  ) {
    this.file = openSync(logFile, "w", 0o600);
    this.lines = new StampedLines((text) => void unlessFull(() => void writeSync(this.file, text)));
  }

  public log(text: string): void {
    this.lines.add(text);
  }

  public onEvent(event: EngineEvent): void {
    const before = event.resourcePreEvent?.metadata;
    if (before && before.op !== "same" && before.op !== "read") {
      this.running.set(before.urn, { name: `${before.op} ${shortName(before.urn)}` });
    }
    const after = event.resOutputsEvent?.metadata ?? event.resOpFailedEvent?.metadata;
    if (after && this.running.delete(after.urn)) {
      this.finished += 1;
      this.reporter.note(`${event.resOpFailedEvent ? "failed: " : ""}${after.op} ${shortName(after.urn)}`);
    }
    const diagnostic = event.diagnosticEvent;
    if (diagnostic?.severity === "error") this.errors.push(plain(diagnostic.message));
    const warning = warningOf(event);
    if (warning !== undefined) this.reporter.note(warning);
    const said = stateOf(event);
    const waited = said && this.running.get(said.urn);
    if (waited) this.running.set(said.urn, { ...waited, state: said.text });
    if (this.running.size > 0) {
      const names = [...this.running.values()].map(({ name, state }) =>
        state === undefined ? name : `${name} (${state})`,
      );
      const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
      this.reporter.waiting(`${this.finished} done, waiting for ${names.slice(0, 3).join(", ")}${more}`);
    }
  }

  /** What a user should read of a failed run: the engine's own errors, or the tail of what it printed. */
  public failure(error: unknown): string {
    const own = [...new Set(this.errors.map((text) => text.trim()).filter(Boolean))];
    const whole = plain(error instanceof Error ? error.message : String(error));
    // What went wrong outside of resources is no event: it stands at the end of the engine's output, which is in the text twice.
    const told = [...new Set(whole.split("\n").filter((line) => line.startsWith("error: ")))];
    const text = [own, told, [whole]].find((lines) => lines.length > 0)?.join("\n");
    return `${text}\n(the whole output: ${this.logFile})`;
  }

  public close(): void {
    closeSync(this.file);
  }
}

/** `Deployment mocka-v1` out of a URN, whose last two parts are the type and the name. */
function shortName(urn: string): string {
  const [type = "", name = ""] = urn.split("::").slice(-2);
  return `${type.split(":").at(-1)} ${name}`;
}
