import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file so that a reader sees the old or the new content and never half of it, also after kill -9.
 * @param mode permission bits; secrets get 0600.
 */
export function writeAtomically(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, content, { mode });
  renameSync(partial, path);
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
