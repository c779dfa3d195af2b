import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../disk/write-file";
import { workFolder } from "../paths";

/** Says that this checkout has made a kind cluster. Its content is the cluster's name. */
const markerFile = join(workFolder, "kind-cluster");

/**
 * Keeps in mind that there is a kind cluster: while it is there, `cluster.kind: auto` stays with kind, even when Docker
 * is not running just now.
 */
export function markKind(name: string, file = markerFile): void {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFile(file, `${name}\n`);
}

export function unmarkKind(file = markerFile): void {
  rmSync(file, { force: true });
}

/** Name of the kind cluster that this checkout has made. */
export function markedKind(file = markerFile): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}
