import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Paths of all files (no folders, no links) at any depth below a folder, sorted. None when there is no such folder. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
