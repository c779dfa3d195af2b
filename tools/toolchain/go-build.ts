import { chmod, copyFile, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import pRetry from "p-retry";
import { z } from "zod";
import type { Reporter } from "../report/reporter";
import type { LogFile } from "./log-file";
import { runLogged } from "./run-logged";

/** Calls `go`. @returns what it printed. @throws UserError when it fails, with the last lines of the log. */
export type GoCall = (
  what: string,
  args: readonly string[],
  cwd: string,
  onLine?: (line: string) => void,
) => Promise<string>;

/** @param env that of `goEnvironment`. */
export function goCall(env: NodeJS.ProcessEnv, log: LogFile): GoCall {
  return (what, args, cwd, onLine) =>
    runLogged(
      { program: "go", args, cwd, env, what, onLine, fix: "see the log; run it again if the network failed" },
      log,
    );
}

/** Folder of a module's sources, fetched where they are missing. @param module folder of the go.mod that names it. */
export async function moduleFolder(go: GoCall, path: string, module: string): Promise<string> {
  const text = await go(`Getting the module ${path}`, ["mod", "download", "-json", path], module);
  return z.object({ Dir: z.string() }).parse(JSON.parse(text)).Dir;
}

export interface Compilation {
  readonly what: string;
  /** @default the tools that the go.mod names */
  readonly packages?: readonly string[];
  /** Variable of the program -> the version that it is to tell. */
  readonly stamps: readonly (readonly [string, string])[];
  /** Folder of the go.mod. */
  readonly module: string;
  readonly bin: string;
  readonly go: GoCall;
  readonly reporter: Reporter;
}

/** Fetches the modules, with retries, then builds, with progress by package. */
export async function compile(job: Compilation): Promise<void> {
  const { what, packages = ["tool"], stamps, module, go, reporter } = job;
  const modules = await countModules(module);
  let fetched = 0;
  reporter.waiting(`getting the Go modules of ${what}`);
  const count = progress(reporter);
  const list = () =>
    go(`Getting the Go modules of ${what}`, ["list", "-deps", ...packages], module, (line) => {
      if (!line.startsWith("go: downloading ")) return;
      fetched += 1;
      count(`${fetched} modules of ${what} fetched, of at most ${modules}`);
    });
  // Hundreds of files from a proxy: one that breaks off must not end it all. What was fetched stays fetched.
  const listed = await pRetry(list, { retries: 2, minTimeout: 1000 });
  const total = listed.split("\n").length;
  const startedAt = performance.now();
  let compiled = 0;
  reporter.waiting(`compiling ${what}: ${total} packages, fewer when Go's build cache has some`);
  // Without debug information, which takes time and space, and without the paths of this machine.
  const flags = ["-trimpath", "-gcflags=all=-dwarf=false", `-ldflags=${linkerFlags(stamps)}`];
  const args = ["build", "-v", ...flags, "-o", `${job.bin}/`, ...packages];
  await go(`Building ${what}`, args, module, (line) => {
    if (!/^[\w./~-]+$/.test(line)) return;
    compiled += 1;
    count(`${compiled} of ${total} packages of ${what} compiled`);
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  reporter.note(
    `built ${what} in ${seconds} s: ${compiled} packages compiled, ${total - compiled} from Go's build cache`,
  );
}

/** Shows a count every 15 seconds, not for each of thousands of lines. */
function progress(reporter: Reporter): (text: string) => void {
  const startedAt = performance.now();
  let shownAt = startedAt;
  return (text) => {
    if (performance.now() - shownAt < 15_000) return;
    shownAt = performance.now();
    reporter.note(`${text} after ${((shownAt - startedAt) / 1000).toFixed(0)} s`);
    reporter.waiting(text);
  };
}

/** Files of Go's module cache are read-only; a copy that cannot be removed would spoil the next run. */
export async function copyWritable(from: string, to: string): Promise<void> {
  if (!(await stat(from)).isDirectory()) {
    await copyFile(from, to);
    return chmod(to, 0o644);
  }
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await copyWritable(join(from, name), join(to, name));
}

/** Flags of the linker that set these variables and leave symbols out. */
function linkerFlags(values: readonly (readonly [string, string])[]): string {
  return ["-s -w", ...values.map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}

/** How many modules a go.mod names: the most that can be fetched. */
async function countModules(folder: string): Promise<number> {
  const text = await readFile(join(folder, "go.mod"), "utf8");
  return text.split("\n").filter((line) => /^\t\S+ v\S+( \/\/ indirect)?$/.test(line)).length;
}
