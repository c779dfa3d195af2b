import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeFile } from "../disk/write-file";

/**
 * Writes a file so that a reader sees the old or the new content and never half of it, also after kill -9.
 * @param mode permission bits; secrets get 0600.
 */
export function writeAtomically(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  // A local node that is lost with its machine is made again.
  writeFile(path, content, { mode, flush: false });
}

/** As `writeAtomically`, but leaves a file alone that already has this content. Returns whether it was written. */
export function writeIfChanged(path: string, content: string, mode = 0o644): boolean {
  if (readIfPresent(path) === content) return false;
  writeAtomically(path, content, mode);
  return true;
}

export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
