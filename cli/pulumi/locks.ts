import { readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { workPaths } from "../../tools/paths";
import { processIsAlive } from "../../tools/process-alive";

/** What Pulumi's file backend writes into a lock file (pkg/backend/diy/lock.go). */
interface StateLock {
  readonly pid: number;
  readonly hostname: string;
  /** When it was taken. */
  readonly timestamp?: string;
}

/**
 * Removes the locks that killed `pulumi` processes of this machine left in the file backend. Without this a run that
 * was killed half-way could not be run again. A lock whose process lives, or that another host wrote, stays.
 *
 * @returns the process ids whose locks were removed.
 */
export function removeDeadLocks(
  stateFolder: string = workPaths.state,
  isAlive: (pid: number) => boolean = processIsAlive,
): number[] {
  const removed: number[] = [];
  for (const file of lockFiles(join(stateFolder, ".pulumi", "locks"))) {
    const lock = readLock(file);
    if (!lock || lock.hostname !== hostname() || isAlive(lock.pid)) continue;
    rmSync(file, { force: true });
    removed.push(lock.pid);
  }
  return removed;
}

/**
 * Processes of this machine that hold a stack and live, and since when: engines outlive a `lanes` that was killed.
 *
 * @param of a folder of locks. @default those of all stacks of this checkout
 */
export function livingHolders(
  of: string = join(workPaths.state, ".pulumi", "locks"),
  isAlive: (pid: number) => boolean = processIsAlive,
): Pick<StateLock, "pid" | "timestamp">[] {
  return lockFiles(of).flatMap((file) => {
    const lock = readLock(file);
    return lock && lock.hostname === hostname() && isAlive(lock.pid) ? [lock] : [];
  });
}

function lockFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function readLock(file: string): StateLock | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value !== "object" || value === null) return undefined;
    const { pid, hostname: host, timestamp } = value as Partial<StateLock>;
    if (typeof pid !== "number" || typeof host !== "string") return undefined;
    return { pid, hostname: host, ...(typeof timestamp === "string" && { timestamp }) };
  } catch {
    // Half-written: nobody holds it, and whose it was is unknown. `repairBackend` removes those of the stack that is opened.
    return undefined;
  }
}
