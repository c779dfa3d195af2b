import { execFile } from "node:child_process";

/** How a command ended; `missing` when there is no such program. */
export interface CommandResult {
  readonly code: number | "missing";
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Written to stdin. */
  readonly input?: string;
  /** @default 600_000 */
  readonly timeoutMilliseconds?: number;
}

/** Runs a program and waits for its end. It never rejects: how a command failed is for the caller to judge. */
export type RunCommand = (program: string, args: readonly string[], options?: CommandOptions) => Promise<CommandResult>;

/** Output of `kind load` and `docker build` is long, but not longer. */
const maxOutputBytes = 16 * 1024 * 1024;

/** Runs programs of this machine, found on the PATH of `env`. */
export function commandRunner(env: NodeJS.ProcessEnv = process.env): RunCommand {
  return (program, args, options = {}) =>
    new Promise((resolve) => {
      const child = execFile(
        program,
        [...args],
        { env, timeout: options.timeoutMilliseconds ?? 600_000, maxBuffer: maxOutputBytes },
        (error, stdout, stderr) => resolve({ code: exitCode(error), stdout, stderr }),
      );
      // A program that ends before it read its stdin says why by its exit code.
      child.stdin?.on("error", () => {});
      child.stdin?.end(options.input ?? "");
    });
}

function exitCode(error: (Error & { code?: unknown }) | null): number | "missing" {
  if (!error) return 0;
  if (error.code === "ENOENT") return "missing";
  return typeof error.code === "number" ? error.code : 1;
}
