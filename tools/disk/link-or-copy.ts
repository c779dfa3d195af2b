import { copyFileSync, linkSync, renameSync, rmSync } from "node:fs";
import { diskFull } from "./full";

/**
 * Keeps what a file holds under another name, also when the file is replaced: by a link, which takes no room, or by a copy where the
 * file system has no links. What had the name before is replaced in one step.
 *
 * @throws UserError where the disk is full.
 */
export function linkOrCopy(from: string, to: string): void {
  const fresh = `${to}.${process.pid}.lanes.tmp`;
  try {
    rmSync(fresh, { force: true });
    try {
      linkSync(from, fresh);
    } catch {
      copyFileSync(from, fresh);
    }
    renameSync(fresh, to);
    // Of two links to one file a rename leaves both.
    rmSync(fresh, { force: true });
  } catch (error) {
    rmSync(fresh, { force: true });
    throw diskFull(error, to) ?? error;
  }
}
