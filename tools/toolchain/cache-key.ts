import { createHash, type Hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { filesBelow } from "../files-below";
import { envoyWheelHashes, type Platform, pins } from "./pins";

/**
 * Name of the cache folder for exactly these pins, Go lock files, mains and platform: 16 hex digits.
 *
 * @param sources folder with `go/` and `language-host/`.
 */
export function cacheKey(sources: string, platform: Platform): string {
  const wheel = envoyWheelHashes[pins.envoy][platform.cpu];
  const hash = createHash("sha256").update(JSON.stringify({ pins, wheel, platform }));
  addFiles(hash, sources, ["go", "language-host"]);
  return hash.digest("hex").slice(0, 16);
}

/** Hash of all files in folders below `sources`: 64 hex digits. A folder that is not there counts as empty. */
export function sourcesHash(sources: string, folders: readonly string[]): string {
  const hash = createHash("sha256");
  addFiles(hash, sources, folders);
  return hash.digest("hex");
}

function addFiles(hash: Hash, sources: string, folders: readonly string[]): void {
  for (const file of folders.flatMap((folder) => filesBelow(join(sources, folder)))) {
    hash.update(`\0${relative(sources, file)}\0`).update(readFileSync(file));
  }
}
