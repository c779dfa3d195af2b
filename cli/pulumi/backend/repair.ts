import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { linkOrCopy } from "../../../tools/disk/link-or-copy";
import { UserError } from "../../../tools/user-error";
import { fromJson, isRecord } from "../../../tools/values";
import { type StackPaths, stackPaths } from "./folder";

/** What is known of a stack beside what its backend has. */
export interface KnownOfStack {
  /** A copy of the state from before the last update. */
  readonly kept?: string;
  /** When that update began, if it did not end well. */
  readonly begun?: Date | undefined;
  /** Is told, before the state is replaced, since when there may be objects that it does not know. */
  readonly restoring?: (since: Date) => void;
}

/** What was put in order. */
export interface Repaired {
  /** In words, a line each; empty where nothing was broken. */
  readonly notes: readonly string[];
  /** Since when objects may have been made that the state does not know; undefined where it was whole. */
  readonly since?: Date;
}

/**
 * Puts in order what a full disk has left of a stack in a file backend. Where the engine's write fails, its file of a part takes
 * the place of the whole one (`WriteAll` and `Close` of gocloud.dev/blob/fileblob): the state, the copies of it, an entry of the
 * history, a lock. The engine reads none of them again: `unexpected end of JSON input`. Nobody writes such a file in place, so one
 * that is broken is at rest, and a lock of which only a part is there was never taken.
 *
 * Of the state the newest whole copy is put in its place; that takes no room. What the update made afterwards carries the stack's
 * label, and is found by that.
 *
 * @param folder of the backend.
 * @throws UserError where no copy of the state is whole.
 */
export function repairBackend(folder: string, project: string, stack: string, known: KnownOfStack = {}): Repaired {
  const paths = stackPaths(folder, project, stack);
  // Somebody is at work on it, and will save a whole state.
  if (filesIn(paths.locks, /\.json$/).some((lock) => !isBroken(lock))) return { notes: [] };
  const locks = removeBroken(paths.locks, /\.json$/);
  const entries = removeBroken(paths.history, /\.history\.json$/, newest);
  const state = repairState(paths, stack, known);
  return {
    notes: [
      ...(locks > 0 ? ["removed a lock of the stack that was never taken: its disk was full"] : []),
      ...(entries > 0 ? [`removed ${entries} of the stack's history that cannot be read: its disk was full`] : []),
      ...(state ? [state.note] : []),
    ],
    ...(state && { since: state.since }),
  };
}

/** So many entries of the history are looked at, the last ones: those that are written next to a full disk, and read. */
const newest = 50;

/** @param most so many are looked at: the last ones by their names, which differ in the time alone. @returns how many held no JSON. */
function removeBroken(folder: string, names: RegExp, most = Infinity): number {
  const broken = filesIn(folder, names).sort().slice(-most).filter(isBroken);
  for (const file of broken) rmSync(file, { force: true });
  return broken.length;
}

/** One that cannot be read is left to whoever may. */
function isBroken(file: string): boolean {
  const text = textOf(file);
  return text !== undefined && fromJson(text) === undefined;
}

interface Copy {
  readonly path: string;
  /** When the engine made this state; empty in a stack that was never updated. */
  readonly time: string;
}

function repairState(
  paths: StackPaths,
  stack: string,
  { kept, begun, restoring }: KnownOfStack,
): { readonly note: string; readonly since: Date } | undefined {
  if (textOf(paths.state) === undefined || wholeState(paths.state)) return undefined;
  const ends = newestFirst([...filesIn(paths.backups, /\.json$/), ...filesIn(paths.history, /\.checkpoint\.json$/)]);
  const copies = newestFirst([paths.saved, ...(kept === undefined ? [] : [kept]), ...ends.map(({ path }) => path)]);
  const [newest] = copies;
  if (!newest) throw noCopy(paths, stack);
  const time = newest.time === "" ? "before its first update" : `of ${newest.time}`;
  const since = begun ?? new Date(ends[0]?.time || newest.time || 0);
  restoring?.(since);
  replace(newest.path, paths.state, `${paths.state}.broken`);
  return {
    note: `the state of stack ${stack} was not whole: a save of it was cut off, as on a full disk. The one ${time} is in its place; what was made since is found in the cluster`,
    since,
  };
}

/** The state of a file, as far as it is one: when it was made. */
function wholeState(path: string): Copy | undefined {
  const value = fromJson(textOf(path) ?? "");
  if (!isRecord(value) || !isRecord(value.checkpoint)) return undefined;
  const { latest } = value.checkpoint;
  const { manifest } = isRecord(latest) ? latest : {};
  const { time } = isRecord(manifest) ? manifest : {};
  return { path, time: typeof time === "string" ? time : "" };
}

function newestFirst(paths: readonly string[]): Copy[] {
  const whole = paths.flatMap((path) => wholeState(path) ?? []);
  // Times of Go, which leaves out zeros at the end of a second: not to be compared as texts.
  return whole.sort((a, b) => (Date.parse(b.time) || 0) - (Date.parse(a.time) || 0));
}

/** There is a state at any moment: without one the engine would take the stack for a new one. */
function replace(copy: string, state: string, aside: string): void {
  const fresh = `${state}.repaired`;
  linkOrCopy(state, aside);
  linkOrCopy(copy, fresh);
  renameSync(fresh, state);
}

function noCopy({ state, saved, backups }: StackPaths, stack: string): UserError {
  return new UserError(`the state of stack ${stack} is not whole, and no copy of it is`, [
    {
      path: state,
      got: "a part of a state: a save of it was cut off, as on a full disk",
      expected: `a whole one, or a whole copy in ${saved} or ${backups}`,
      fix: `Put a copy of yours in its place. A local cluster can be made again instead: \`lanes stop --purge --stack ${stack}\`.`,
    },
  ]);
}

function filesIn(folder: string, names: RegExp): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => names.test(name))
        .map((name) => join(folder, name))
    : [];
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
