import { mkdirSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A folder cannot be made, since something else is where it, or one above it, has to be. */
class NoFolder extends Error {
  public readonly code = "ENOTDIR";

  public constructor(path: string) {
    super(`ENOTDIR: ${path} is no folder`);
  }
}

/**
 * Makes a folder and those above it, one by one. `mkdir` of Node.js with `recursive` never ends where a file system takes no
 * folders, such as /proc.
 *
 * @throws the error of the file system, with its code.
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  const found = existing(folder);
  if (found?.isDirectory()) return;
  if (found) throw new NoFolder(folder);
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else made it meanwhile.
    if (!existing(folder)?.isDirectory()) throw error;
  }
}

/** What is at a path. Below a file there is nothing: newer lines of Node.js say so, and Node.js 20 throws. */
export function existing(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return undefined;
    throw error;
  }
}
