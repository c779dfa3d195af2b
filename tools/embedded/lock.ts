import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { lock } from "proper-lockfile";
import { UserError } from "../user-error";
import type { NodeConfig } from "./config";

/**
 * Runs work on a node while nobody else does. Waits up to a minute for another run to end; the lock of a run that was
 * killed is taken over after ten seconds.
 */
export async function withNodeLock<T>(config: NodeConfig, work: () => Promise<T>): Promise<T> {
  // Beside the state folder, because a purge removes that.
  const file = `${config.stateFolder}.lock`;
  mkdirSync(dirname(file), { recursive: true });
  const release = await lock(config.stateFolder, {
    lockfilePath: file,
    realpath: false,
    stale: 10_000,
    retries: { retries: 60, factor: 1, minTimeout: 1000 },
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ELOCKED") throw error;
    throw new UserError("Another run is at work on the embedded node.", [
      {
        path: file,
        got: "held for over a minute",
        allowed: "one run at a time",
        mend: "Wait for the other run to end.",
      },
    ]);
  });
  try {
    return await work();
  } finally {
    await release();
  }
}
