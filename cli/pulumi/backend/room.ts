import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { bytesInWords, roomAt, roomInWords } from "../../../tools/disk/free";
import { type Problem, UserError } from "../../../tools/user-error";

/** Bytes that any folder has to have: logs, what the engine notes of its events, a kubeconfig. */
const least = 1_000_000;

/** A save has the new state, the old one and a copy of it at once; the end of an update makes two copies more. */
const copies = 5;

/** Folders that the engine and this program write to while they update. */
export interface UpdateFolders {
  /** That with the config: the engine writes to it. */
  readonly project?: string | undefined;
  /** Of the file backend; none where the state is elsewhere. */
  readonly backend?: string | undefined;
  /** File of the stack's state, if there is one. */
  readonly state?: string | undefined;
  /** The engine's home. */
  readonly home?: string | undefined;
}

/**
 * Refuses an update before it begins where a disk has no room for what it writes: one that fills it half-way leaves a state that
 * lacks what it has made.
 *
 * @throws UserError with every folder that has too little.
 */
export function requireRoom(what: string, { project, backend, state, home }: UpdateFolders, at = roomAt): void {
  const size = (state !== undefined && statSync(state, { throwIfNoEntry: false })?.size) || 0;
  const wanted: (readonly [string | undefined, number, string])[] = [
    [backend, least + copies * size, "for the stack's state and its copies"],
    [home, least, "for Pulumi's home"],
    [project, least, "for config and logs"],
    [tmpdir(), least, "for temporary files: TMPDIR names their folder"],
  ];
  const problems = wanted.flatMap(([path, bytes, why]): Problem[] => {
    const room = path === undefined ? undefined : at(path);
    if (path === undefined || !room || (room.bytes >= bytes && room.files !== 0)) return [];
    const fix = "Free some space there, then run it again. Nothing was changed.";
    return [{ path, got: roomInWords(room), expected: `${bytesInWords(bytes)} ${why}`, fix }];
  });
  if (problems.length > 0) throw new UserError(`${what} did not begin: the disk is full`, problems);
}

/** What to do where an update ran onto a full disk. @param got the error in the system's words. */
export function fullDisk(got: string): Problem {
  const expected = "room for the state, its copies, logs and temporary files";
  const fix =
    "Free some space, then run `lanes up` again, or plain `pulumi up`. Nothing is lost: what this update made and could not note is found in the cluster.";
  return { path: "disk", got, expected, fix };
}
