import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { linkOrCopy } from "../../../tools/disk/link-or-copy";
import { writeFile } from "../../../tools/disk/write-file";
import { fromJson, isRecord } from "../../../tools/values";
import { stackPaths } from "../backend/folder";
import type { KnownOfStack } from "../backend/repair";

/** What is remembered of a stack beside its state in the file backend of this checkout. */
export class LastUpdate {
  /** Folder of the stack's locks. */
  public readonly locks: string;
  private readonly state: string;
  private readonly record: string;
  private readonly mark: string;
  private readonly begun: string;
  private readonly before: string;

  /** @param backend the folder of the file backend. */
  public constructor(backend: string, project: string, stack: string) {
    ({ state: this.state, locks: this.locks } = stackPaths(backend, project, stack));
    this.record = join(backend, "updates", `${stack}.json`);
    this.mark = join(backend, "updates", `${stack}.unsaved`);
    this.begun = join(backend, "updates", `${stack}.begun`);
    this.before = join(backend, "updates", `${stack}.before.json`);
  }

  /**
   * Remembers an update that ended well.
   *
   * @param outside see `outsideLanes`.
   * @param note what the update noted of its config in the stack's outputs.
   */
  public ended(outside: string, note?: unknown): void {
    this.write(this.record, JSON.stringify({ outside, state: this.stateDigest(), note }));
    rmSync(this.mark, { force: true });
    this.over();
  }

  /** Whether the state is as an update left it that ended well, and nothing but lane groups has changed since. */
  public differsInLanesOnly(outside: string): boolean {
    return this.ofThisState()?.outside === outside;
  }

  /**
   * What the stack's last update noted of its config, where that is known without the engine: it ended well, no other has begun,
   * and nobody else has written the state since, so that nothing in it is pending either.
   */
  public noted(): unknown {
    return existsSync(this.mark) || existsSync(this.begun) ? undefined : this.ofThisState()?.note;
  }

  /** What was remembered, if the state is still the one of then. */
  private ofThisState(): Readonly<Record<string, unknown>> | undefined {
    const known = fromJson(read(this.record) ?? "");
    return isRecord(known) && known.state !== undefined && known.state === this.stateDigest() ? known : undefined;
  }

  /** Keeps the state as it is before an update, and when that begins: a full disk may leave a part of a state, and of its copies. */
  public keep(now: Date): void {
    if (!existsSync(this.state)) return;
    this.write(this.begun, now.toISOString());
    linkOrCopy(this.state, this.before);
  }

  /** What was kept, where the last update did not end well. */
  public known(): KnownOfStack {
    const begun = read(this.begun);
    return {
      kept: this.before,
      begun: this.unsavedSince() ?? (begun === undefined ? undefined : new Date(begun)),
      restoring: (since) => this.restoring(since),
    };
  }

  /** The next update is to find what was made since. On a full disk nothing is written: what was noted gets another name. */
  private restoring(since: Date): void {
    if (this.unsavedSince() !== undefined) return;
    if (existsSync(this.begun)) renameSync(this.begun, this.mark);
    else this.begins(since);
  }

  /** The engine has saved what the update did, also one that failed. */
  public over(): void {
    for (const file of [this.begun, this.before]) rmSync(file, { force: true });
  }

  /** Notes that an update begins whose state is saved at its end only. An earlier one that never ended keeps its time. */
  public begins(now: Date): void {
    if (this.unsavedSince() === undefined) this.write(this.mark, now.toISOString());
  }

  /** The update that began last came to nothing at all. */
  public neverBegan(): void {
    rmSync(this.mark, { force: true });
    this.over();
  }

  /** When the first update began that did not save its state; undefined where there is none such. */
  public unsavedSince(): Date | undefined {
    const text = read(this.mark);
    return text === undefined ? undefined : new Date(text);
  }

  /** The stack has no object any more. */
  public forget(): void {
    for (const file of [this.record, this.mark]) rmSync(file, { force: true });
    this.over();
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
