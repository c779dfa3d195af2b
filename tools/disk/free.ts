import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { existing } from "../make-folder";

/** What is left on the disk of a path. */
export interface Room {
  /** Bytes that this user may still write. */
  readonly bytes: number;
  /** How many files may still be made; undefined where the file system has no such bound. */
  readonly files: number | undefined;
}

/**
 * What is left on the disk that holds a path, or would: what does not exist yet is looked for above.
 *
 * @returns undefined where the file system does not tell.
 */
export function roomAt(path: string): Room | undefined {
  let folder = resolve(path);
  while (!existing(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    const { bavail, bsize, blocks, files, ffree } = statfsSync(folder);
    // Some file systems of a network or of a program count nothing.
    if (blocks === 0) return undefined;
    return { bytes: bavail * bsize, files: files === 0 ? undefined : ffree };
  } catch {
    return undefined;
  }
}

/** `0 bytes free`, `1.5 MB free`. */
export function roomInWords(room: Room): string {
  if (room.files === 0 && room.bytes > 0) return "no file can be made any more: the disk has no inodes left";
  return `${bytesInWords(room.bytes)} free`;
}

/** `900 bytes`, `1.5 MB`. */
export function bytesInWords(bytes: number): string {
  const units = ["kB", "MB", "GB", "TB"];
  if (bytes < 1000) return `${bytes} bytes`;
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}
