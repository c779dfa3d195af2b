import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeConfig } from "./config";
import { readIfPresent, writeAtomically } from "./files";
import { readOr } from "./proc";

/** How many inotify instances the processes of one user may have. */
const limitFile = "/proc/sys/fs/inotify/max_user_instances";

/**
 * Each sidecar takes three, and all of them belong to one user: Linux's default of 128 ends with the 42nd sidecar, whose
 * agent then fails with "too many open files". kind's known issues name the same limit and cure.
 */
const wantedInstances = 1024;

const savedFile = (config: NodeConfig) => join(config.runFolder, "inotify-instances");

/**
 * Raises the limit where it is lower. It is the machine's, so its former value is kept until the node goes.
 *
 * @returns the former value when it was raised.
 */
export function raiseInotifyLimit(config: NodeConfig, file = limitFile): number | undefined {
  const current = readOr(file, "").trim();
  if (!/^\d+$/.test(current) || Number(current) >= wantedInstances) return undefined;
  if (readIfPresent(savedFile(config)) === undefined) writeAtomically(savedFile(config), current);
  writeFileSync(file, String(wantedInstances));
  return Number(current);
}

/** Gives the former value back, unless somebody else has changed it since. */
export function restoreInotifyLimit(config: NodeConfig, file = limitFile): void {
  const saved = readIfPresent(savedFile(config));
  if (saved === undefined) return;
  if (readOr(file, "").trim() === String(wantedInstances)) writeFileSync(file, saved);
  rmSync(savedFile(config), { force: true });
}
