import { UserError } from "../user-error";
import { fileError } from "../values";
import { type WriteOptions, writeFile } from "./write-file";

/** How it is told that a file cannot be written. */
export interface ToldAs {
  /** What failed. */
  readonly summary: string;
  /** What names the file: a flag, or the file itself. */
  readonly path: string;
  readonly fix: string;
}

/**
 * Writes a file that a user asked for, as `writeFile` does.
 *
 * @throws UserError where it cannot be written, whatever the file system has against it.
 *
 * @example writeOrTell(output, svg, { summary: "the picture cannot be written", path: "--output", fix: "Name another file." })
 */
export function writeOrTell(
  file: string,
  content: string,
  { summary, path, fix }: ToldAs,
  options?: WriteOptions,
): void {
  try {
    writeFile(file, content, options);
  } catch (error) {
    if (error instanceof UserError) throw error;
    // Without its path: that is of the file that was to take the place of this one.
    throw new UserError(summary, [{ path, got: fileError(error), expected: "a file that can be written", fix }]);
  }
}
