import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { existing } from "../make-folder";
import { diskFull } from "./full";

/** How a file is written. */
export interface WriteOptions {
  /** Permission bits; secrets get 0600. @default those of the file that is replaced, else what a new file gets */
  readonly mode?: number;
  /** Nothing is replaced: where something is there, the error is EEXIST. @default false */
  readonly isNew?: boolean;
  /** Whether it is on the disk before it is seen, so that a machine that is lost leaves the old file or the new one. @default true */
  readonly flush?: boolean;
}

/** A file and what is to stand in it. */
export interface FileToWrite {
  readonly path: string;
  readonly content: string;
}

/**
 * Writes a file as a whole or not at all: a reader sees the old content or the new one, and so does whoever comes after a kill or a
 * full disk. Behind a link the file itself is written; a device or a pipe is written to as it is.
 *
 * @throws UserError where the disk is full; else the error of the file system.
 *
 * @example writeFile("Pulumi.shop.yaml", text)
 */
export function writeFile(path: string, content: string, options: WriteOptions = {}): void {
  writeFiles([{ path, content }], options);
}

/** Writes files, all or, as far as room and rights go, none: each is complete beside its place before the first one is seen. */
export function writeFiles(files: readonly FileToWrite[], options: WriteOptions = {}): void {
  const ready: Prepared[] = [];
  try {
    for (const { path, content } of files) ready.push(prepare(path, content, options));
    for (const { place } of ready) place();
  } finally {
    for (const { discard } of ready) discard();
  }
}

/** A file that is complete, and not yet seen. */
export interface Prepared {
  /** Puts it into its place. */
  place(): void;
  /** Removes it, where it was not put into its place. */
  discard(): void;
}

/** @throws UserError where the disk is full; else the error of the file system. Nothing is left behind then. */
export function prepare(path: string, content: string, options: WriteOptions = {}): Prepared {
  return told(path, () => {
    const found = existing(path);
    if (found && !found.isFile())
      return { place: () => told(path, () => writeFileSync(path, content)), discard: () => {} };
    const target = found ? realpathSync(path) : path;
    const fresh = beside(target, content, found, options);
    const place = (): void => (options.isNew ? claim(fresh, target) : renameSync(fresh, target));
    return { place: () => told(path, place), discard: () => rmSync(fresh, { force: true }) };
  });
}

let count = 0;

/** A complete file in the same folder, since a rename leads to no other disk. */
function beside(path: string, content: string, found: Stats | undefined, { mode, flush = true }: WriteOptions): string {
  count += 1;
  const fresh = join(dirname(path), `.${process.pid}.${Date.now()}.${count}.lanes.tmp`);
  const handle = openSync(fresh, "wx", mode ?? (found ? 0o600 : 0o666));
  try {
    writeFileSync(handle, content);
    const wanted = mode ?? found?.mode;
    if (wanted !== undefined) fchmodSync(handle, wanted & 0o7777);
    // What root edits stays its owner's.
    if (found && process.getuid?.() === 0) fchownSync(handle, found.uid, found.gid);
    if (flush) fsyncSync(handle);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  return fresh;
}

/** A link fails where something is there, which a rename would replace. */
function claim(fresh: string, path: string): void {
  try {
    linkSync(fresh, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Some file systems have no links.
    if (code === "EEXIST" || existsSync(path)) throw error;
    renameSync(fresh, path);
  }
}

function told<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskFull(error, path) ?? error;
  }
}
