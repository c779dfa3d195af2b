import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFile } from "../../../tools/disk/write-file";
import { fromJson, isRecord } from "../../../tools/values";

/** What is remembered of a stack beside its state in the file backend of this checkout. */
export class LastUpdate {
  private readonly state: string;
  private readonly record: string;
  private readonly mark: string;

  /** @param backend the folder of the file backend. */
  public constructor(backend: string, project: string, stack: string) {
    this.state = join(backend, ".pulumi", "stacks", project, `${stack}.json`);
    this.record = join(backend, "updates", `${stack}.json`);
    this.mark = join(backend, "updates", `${stack}.unsaved`);
  }

  /** Remembers an update that ended well. @param outside see `outsideLanes`. */
  public ended(outside: string): void {
    this.write(this.record, JSON.stringify({ outside, state: this.stateDigest() }));
    rmSync(this.mark, { force: true });
  }

  /** Whether the state is as an update left it that ended well, and nothing but lane groups has changed since. */
  public differsInLanesOnly(outside: string): boolean {
    const known = fromJson(read(this.record) ?? "");
    return (
      isRecord(known) && known.outside === outside && known.state !== undefined && known.state === this.stateDigest()
    );
  }

  /** Notes that an update begins whose state is saved at its end only. An earlier one that never ended keeps its time. */
  public begins(now: Date): void {
    if (this.unsavedSince() === undefined) this.write(this.mark, now.toISOString());
  }

  /** When the first update began that did not save its state; undefined where there is none such. */
  public unsavedSince(): Date | undefined {
    const text = read(this.mark);
    return text === undefined ? undefined : new Date(text);
  }

  /** The stack has no object any more. */
  public forget(): void {
    for (const file of [this.record, this.mark]) rmSync(file, { force: true });
  }

  private stateDigest(): string | undefined {
    return existsSync(this.state) ? createHash("sha256").update(readFileSync(this.state)).digest("hex") : undefined;
  }

  private write(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    // Half a time would be none.
    writeFile(file, text, { mode: 0o600 });
  }
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
