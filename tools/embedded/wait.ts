import { closeSync, openSync, readSync, statSync } from "node:fs";
import { poll } from "../poll";
import { UserError } from "../user-error";
import type { ComponentName } from "./components";
import type { NodeConfig } from "./config";
import { livePid, logFile } from "./processes";

/**
 * Polls until the condition holds.
 * @param needed processes without which it cannot come true: when one of them ends, waiting on is in vain.
 * @throws UserError naming the process that ended, with the end of its log; or saying that the time has passed.
 */
export async function waitUntil(
  config: NodeConfig,
  what: string,
  needed: readonly ComponentName[],
  condition: () => Promise<boolean>,
  seconds: number,
): Promise<void> {
  const met = async (): Promise<boolean> => {
    if (await condition()) return true;
    requireAlive(config, needed);
    return false;
  };
  if (await poll(met, { withinMs: seconds * 1000 })) return;
  throw failure(config, needed[0] ?? "kubelet", `${what} was not ready within ${seconds} s`);
}

/** @throws UserError naming the first of the processes that does not run, with the end of its log. */
export function requireAlive(config: NodeConfig, names: readonly ComponentName[]): void {
  const ended = names.find((name) => livePid(config, name) === undefined);
  if (ended) throw failure(config, ended, `${ended} ended instead of running`);
}

function failure(config: NodeConfig, name: ComponentName, what: string): UserError {
  const log = logFile(config, name);
  return new UserError(`The embedded node did not start: ${what}.`, [
    {
      path: log,
      got: `ends with\n${lastLines(log, 12)}`,
      expected: `${name} runs`,
      fix: "Run `npm start` again. If it fails again, the state is damaged: `npm run stop -- --purge`, then `npm start`.",
    },
  ]);
}

/** The last lines of a file, of at most 8 KB; a text that says so when there are none. */
export function lastLines(path: string, count: number): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return "      (nothing)";
  const length = Math.min(size, 8192);
  const buffer = Buffer.alloc(length);
  const file = openSync(path, "r");
  try {
    readSync(file, buffer, 0, length, size - length);
  } finally {
    closeSync(file);
  }
  return buffer
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .slice(-count)
    .map((line) => `      ${line}`)
    .join("\n");
}
