import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { lock } from "proper-lockfile";
import { waitFor } from "./poll";
import { processIsAlive } from "./process-alive";
import type { Reporter } from "./report/reporter";

/** Milliseconds without a sign of life after which a lock of another machine (a shared folder) counts as dead. */
const staleAfter = 15_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/**
 * Does work that two runs must not do at once. Who comes second waits, and says for whom. The lock of a process of this
 * machine that died is taken over at once, that of another machine after 15 seconds.
 *
 * @param lockFile where the lock lies: beside what it guards, so that removing the one leaves the other alone.
 * @param doing what the holder does, for whoever waits: `getting the tools`.
 * @throws what the work throws; an Error when the lock was lost meanwhile (the machine slept, say).
 */
export async function withLock<T>(
  lockFile: string,
  doing: string,
  reporter: Reporter,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  const holderFile = `${lockFile}.holder.json`;
  let lost: Error | undefined;
  const release = await acquire(lockFile, holderFile, doing, reporter, (error) => {
    lost = error;
  });
  try {
    const self: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    await writeFile(holderFile, JSON.stringify(self));
    const result = await work();
    if (lost) throw new Error(`The lock ${lockFile} was lost: ${lost.message}. Run it again.`);
    return result;
  } finally {
    if (!lost) {
      await rm(holderFile, { force: true });
      await release();
    }
  }
}

async function acquire(
  lockFile: string,
  holderFile: string,
  doing: string,
  reporter: Reporter,
  onLost: (error: Error) => void,
): Promise<() => Promise<void>> {
  let unknown = 0;
  let waited = false;
  const once = async (): Promise<(() => Promise<void>) | undefined> => {
    try {
      const release = await lock(lockFile, {
        lockfilePath: lockFile,
        realpath: false,
        stale: staleAfter,
        update: staleAfter / 3,
        onCompromised: onLost,
      });
      // Else whoever waits next would be told to wait for a run that has ended.
      if (waited) reporter.note("it has ended");
      return release;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
      const holder = await readHolder(holderFile);
      if (holder && holder.host === hostname() && !processIsAlive(holder.pid)) {
        await rm(holderFile, { force: true });
        await rm(lockFile, { recursive: true, force: true });
        return once();
      }
      // Whoever has just got the lock has not yet written who it is.
      if (!holder && unknown++ === 0) return undefined;
      const who = holder ? `process ${holder.pid} on ${holder.host} (since ${holder.since})` : "another run";
      waited = true;
      reporter.blocked(`waiting for ${who}, which is ${doing}`);
      return undefined;
    }
  };
  const everyMs = (round: number) => (round === 0 ? 50 : 500);
  return waitFor(`the lock ${lockFile}`, once, { withinMs: Number.POSITIVE_INFINITY, everyMs });
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}
