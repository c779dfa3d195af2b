import { readFileSync } from "node:fs";
import type { ConfigFile } from "../../config/edit/files";
import { readText } from "../../config/text";
import { type Prepared, prepare, writeFile } from "../../tools/disk/write-file";
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
  const ready: { readonly prepared: Prepared; readonly before: ConfigFile }[] = [];
  try {
    for (const { before, after } of rewrites) {
      if (readText(before.path) !== before.text) throw new Error("it was changed in the meantime");
      ready.push({ prepared: prepare(before.path, after.text), before });
    }
    for (const { prepared } of ready) prepared.place();
  } catch (error) {
    // Those that were put in place already get their text back.
    for (const { prepared, before } of ready) {
      prepared.discard();
      if (readFileSync(before.path, "utf8") !== before.text) writeFile(before.path, before.text);
    }
    // Only what is prepared takes room, so none is in its place then.
    if (error instanceof UserError) throw new UserError(`nothing was written: ${error.summary}`, error.problems);
    const names = rewrites.map(({ before }) => before.name).join(", ");
    const problem = { path: names, got: fileError(error), expected: "files that can be written" };
    throw new UserError("nothing was written", [
      { ...problem, fix: "Run the command again, or see to the file's rights." },
    ]);
  }
}
