import { readFileSync } from "node:fs";
import execa from "execa";

export interface Mount {
  readonly mountPoint: string;
  /** e.g. `ext4`, `overlay`, `cgroup`, `nsfs` */
  readonly type: string;
}

/** Reads the text of /proc/self/mountinfo; the format is that of proc(5). */
export function parseMountInfo(text: string): Mount[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const fields = line.split(" ");
      const type = fields[fields.indexOf("-") + 1] ?? "";
      return { mountPoint: unescapeOctal(fields[4] ?? ""), type };
    });
}

/** Spaces, tabs, newlines and backslashes are written as octal escapes. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** Mount points at or below any of the folders, deepest first: the order in which they can be unmounted. */
export function mountsBelow(mounts: readonly Mount[], folders: readonly string[]): string[] {
  return mounts
    .map((mount) => mount.mountPoint)
    .filter((point) => folders.some((folder) => point === folder || point.startsWith(`${folder}/`)))
    .reverse()
    .sort((a, b) => depth(b) - depth(a));
}

function depth(path: string): number {
  return path.split("/").length;
}

export function currentMounts(): Mount[] {
  return parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8"));
}

/** Unmounts everything at or below the folders. What is still in use is detached, and goes when its last user goes. */
export async function unmountBelow(folders: readonly string[]): Promise<void> {
  // Twice: a mount that hides another one of the same path is seen as two lines, and umount takes the upper one.
  for (let round = 0; round < 3; round += 1) {
    const points = mountsBelow(currentMounts(), folders);
    if (points.length === 0) return;
    for (const point of points) await execa("umount", ["--no-canonicalize", "--lazy", point], { reject: false });
  }
}
