import { join } from "node:path";
import { writeOrTell } from "../../tools/disk/write-or-tell";

/**
 * Writes the file of a stack that has none, and not over one that was made meanwhile.
 *
 * @throws UserError where it cannot be written, with `summary` in front.
 */
export function writeNewStackFile(stack: string, folder: string, text: string, summary: string): void {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const fix = "Run it again in a folder that you may write to.";
  writeOrTell(file, text, { summary, path: file, fix }, { isNew: true });
}
