import { tmpdir } from "node:os";
import { UserError } from "../user-error";
import { roomAt, roomInWords } from "./free";

/** What the system, Node.js, Go and kubectl call a disk that is full, and a quota that is used up. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\bENOSPC\b|no space left on device/i, "ENOSPC: no space left on device"],
  [/\bEDQUOT\b|disk quota exceeded/i, "EDQUOT: disk quota exceeded"],
];

/** `ENOSPC: …` where a text tells of a full disk; undefined where it does not. */
export function fullDiskIn(text: string): string | undefined {
  return words.find(([pattern]) => pattern.test(text))?.[1];
}

/** Bytes. */
const plenty = 100e6;

/**
 * What to tell of an error that a full disk is the cause of; undefined where it is not.
 *
 * @param path what was being written, where the error does not name it. @default the folder of temporary files
 */
export function diskFull(error: unknown, path?: string): UserError | undefined {
  if (error instanceof UserError) return undefined;
  const full = causes(error).map((each) => [each, fullDiskIn(`${each.code ?? ""} ${each.message}`)] as const);
  const [cause, got] = full.find(([, found]) => found !== undefined) ?? [];
  if (cause === undefined || got === undefined) return undefined;
  return diskFullAt(path ?? cause.path ?? tmpdir(), got);
}

/** @param path what was being written. @param got as `fullDiskIn` says it. */
export function diskFullAt(path: string, got: string, fix = "Free some space there, then run it again."): UserError {
  return new UserError("the disk is full", [
    { path, got: `${got}${leftAt(path)}`, expected: "room for what is written there", fix },
  ]);
}

/** What is left, where it is little: else a quota or the device itself is what is full. */
function leftAt(path: string): string {
  const room = path === "stdout" ? undefined : roomAt(path);
  return room && (room.bytes < plenty || room.files === 0) ? ` (${roomInWords(room)})` : "";
}

/**
 * Does what a log is written by. What does not fit is left out: no work may fail for the sake of its log.
 *
 * @returns whether it was written.
 */
export function unlessFull(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (diskFull(error)) return false;
    throw error;
  }
}

interface Cause {
  readonly message: string;
  readonly code?: string;
  readonly path?: string;
}

function causes(error: unknown): Cause[] {
  const all: Cause[] = [];
  for (let each = error; each instanceof Error && all.length < 10; each = each.cause) {
    const { code, path } = each as NodeJS.ErrnoException;
    all.push({ message: each.message, ...(typeof code === "string" && { code }), ...(path !== undefined && { path }) });
  }
  return all;
}
