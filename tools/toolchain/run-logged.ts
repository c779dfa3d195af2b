import { once } from "node:events";
import { createInterface } from "node:readline";
import execa from "execa";
import { fullDiskIn } from "../disk/full";
import { UserError } from "../user-error";
import type { LogFile } from "./log-file";

/** A program to run with its output in a log. */
export interface LoggedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Called with each line of the error output, where long tools tell their progress. */
  readonly onLine?: (line: string) => void;
  /** What failed, for the message, e.g. `Building the tools`. */
  readonly what: string;
  /** What to do when it fails. */
  readonly fix: string;
}

/**
 * Runs a program; its error output goes to the log line by line.
 *
 * @returns its standard output.
 * @throws UserError with the last lines and the log's path when it fails.
 */
export async function runLogged(command: LoggedCommand, log: LogFile): Promise<string> {
  log.line(`$ ${[command.program, ...command.args].join(" ")}`);
  const child = execa(command.program, [...command.args], {
    cwd: command.cwd,
    env: command.env,
    extendEnv: false,
    stdin: "ignore",
    buffer: true,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!child.stderr) throw new Error(`${command.program} has no error output`);
  const lines = createInterface({ input: child.stderr }).on("line", (line) => {
    log.line(line);
    command.onLine?.(line);
  });
  const read = once(lines, "close");
  try {
    return (await child).stdout;
  } catch (error) {
    // The process may be gone before its last lines, which say why, were read.
    await read;
    const short = error instanceof Error && "shortMessage" in error ? String(error.shortMessage) : String(error);
    throw new UserError(`${command.what} failed. The last lines of ${log.path}:\n${log.tail()}`, [
      { path: command.program, got: short, expected: "exit code 0", fix: fixOf(command, log) },
    ]);
  }
}

/** A full disk is told by the program's last lines alone. */
function fixOf({ fix }: LoggedCommand, log: LogFile): string {
  return fullDiskIn(log.tail()) === undefined ? fix : "the disk is full: free some space, then run it again";
}
