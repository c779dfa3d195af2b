import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { envoyWheelHashes, type Platform, pins } from "./pins";

/**
 * Name of the cache folder for exactly these pins, Go lock files, mains and platform: 16 hex digits.
 *
 * @param sources folder with `go/` and `language-host/`.
 */
export function cacheKey(sources: string, platform: Platform): string {
  const hash = createHash("sha256").update(JSON.stringify({ pins, envoyWheelHashes, platform }));
  for (const file of [...filesBelow(join(sources, "go")), ...filesBelow(join(sources, "language-host"))]) {
    hash.update(`\0${relative(sources, file)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}
