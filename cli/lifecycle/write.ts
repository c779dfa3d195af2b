import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { ConfigFile } from "../../config/edit/files";
import { UserError } from "../../tools/user-error";
import { fileError } from "../../tools/values";

/** A file and what is to stand in it. */
export interface Rewrite {
  readonly before: ConfigFile;
  readonly after: ConfigFile;
}

/**
 * Puts texts in the place of others: each file as a whole or not at all, with the rights it has. Behind a link the file itself is
 * written.
 *
 * @throws UserError when one was changed meanwhile or cannot be written; then none is changed.
 */
export function writeFiles(rewrites: readonly Rewrite[]): void {
  const ready: { readonly temporary: string; readonly path: string; readonly before: string }[] = [];
  try {
    for (const { before, after } of rewrites) {
      const path = realpathSync(before.path);
      if (readFileSync(path, "utf8") !== before.text) throw new Error("it was changed in the meantime");
      ready.push({ temporary: prepared(path, after.text), path, before: before.text });
    }
    for (const { temporary, path } of ready) renameSync(temporary, path);
  } catch (error) {
    // Those that were renamed already get their text back.
    for (const { temporary, path, before } of ready) {
      rmSync(temporary, { force: true });
      if (readFileSync(path, "utf8") !== before) renameSync(prepared(path, before), path);
    }
    const names = rewrites.map(({ before }) => before.name).join(", ");
    const problem = { path: names, got: fileError(error), expected: "files that can be written" };
    throw new UserError("nothing was written", [
      { ...problem, fix: "Run the command again, or see to the file's rights." },
    ]);
  }
}

/** A file beside the one to replace, complete and on the disk. */
function prepared(path: string, text: string): string {
  const temporary = join(dirname(path), `.${process.pid}.${Date.now()}.lanes.tmp`);
  const handle = openSync(temporary, "wx", 0o600);
  try {
    writeFileSync(handle, text);
    fchmodSync(handle, statSync(path).mode & 0o7777);
    fsyncSync(handle);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  return temporary;
}
