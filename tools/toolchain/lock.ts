import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import type { Reporter } from "../report/reporter";

/** How long a lock of a dead process stays before the next run takes it over, in milliseconds. */
const staleAfter = 15_000;

/**
 * Does work in a folder that two runs must not do at once. Who comes second waits and says for whom. The lock of a
 * process that died is taken over once it has not been renewed for 15 seconds.
 *
 * @throws what the work throws; an Error when the lock was lost meanwhile (the machine slept, say).
 */
export async function withLock<T>(folder: string, reporter: Reporter, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const holderFile = join(folder, "holder.json");
  let lost: Error | undefined;
  let release: (() => Promise<void>) | undefined;
  while (!release) {
    try {
      release = await lock(folder, {
        lockfilePath: join(folder, "lock"),
        stale: staleAfter,
        update: staleAfter / 3,
        onCompromised: (error) => {
          lost = error;
        },
      });
    } catch (error) {
      if (!isHeld(error)) throw error;
      reporter.waiting(`waiting for ${await holder(holderFile)}, which is getting the tools now`);
      await sleep(500);
    }
  }
  try {
    await writeFile(
      holderFile,
      JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }),
    );
    const result = await work();
    if (lost)
      throw new Error(`The lock on ${folder} was lost while the tools were got: ${lost.message}. Run it again.`);
    return result;
  } finally {
    if (!lost) {
      await rm(holderFile, { force: true });
      await release();
    }
  }
}

function isHeld(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOCKED";
}

async function holder(file: string): Promise<string> {
  try {
    const { pid, host, since } = JSON.parse(await readFile(file, "utf8"));
    return `process ${pid} on ${host} (since ${since})`;
  } catch {
    return "another run";
  }
}
