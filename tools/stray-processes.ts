import { basename } from "node:path";
import { allPids, commandLine, parentOf, readOr } from "./embedded/proc";
import { projectRoot, workPaths } from "./paths";
import { runMark } from "./run-mark";

/** What is known of a running process. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Command first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Of whom the strays are looked for, and who looks. */
export interface Seeker {
  readonly checkout: string;
  readonly pulumiHome: string;
  readonly pid: number;
}

const ownSeeker: Seeker = { checkout: projectRoot, pulumiHome: workPaths.pulumiHome, pid: process.pid };

/**
 * Processes that an update of this checkout started, and that outlived it. Only for whoever holds the checkout's lock:
 * without it, the run that they belong to may be under way.
 */
export function strayProcesses(processes = runningProcesses(), seeker = ownSeeker): RunningProcess[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  /** The list was not read in one moment, so a parent may be another process by now, even a child. */
  const ancestors = (process: RunningProcess): RunningProcess[] => {
    const found = new Set<RunningProcess>();
    for (let at = byPid.get(process.parent); at && !found.has(at); at = byPid.get(at.parent)) found.add(at);
    return [...found];
  };
  // The one who looks, those that started it, and those that it started.
  const self = byPid.get(seeker.pid);
  const own = new Set(self ? [self, ...ancestors(self)].map(({ pid }) => pid) : []);
  return processes.filter((process) => {
    if (own.has(process.pid) || ancestors(process).some(({ pid }) => pid === seeker.pid)) return false;
    if (process.env[runMark] === seeker.checkout) return true;
    // Of a `pulumi` that was started by hand, with the variables of `lanes env`: while it lives, they are at work.
    const ofEngine = process.env.PULUMI_HOME === seeker.pulumiHome && isStartedByEngine(process.args);
    return ofEngine && !ancestors(process).some(({ args }) => basename(args[0] ?? "") === "pulumi");
  });
}

/** Language hosts, programs, providers and the commands that our providers start. */
function isStartedByEngine([command = "", ...args]: readonly string[]): boolean {
  return (
    /^pulumi-(language|resource)-/.test(basename(command)) ||
    args.some((arg) => arg.endsWith("/cmd/dynamic-provider/index.js") || arg.endsWith("/bin/run-program.js")) ||
    args.some((arg, index) => arg.endsWith("bin/lanes.js") && args[index + 1] === "internal")
  );
}

/** All processes of which this user may see the environment. None where there is no /proc: on macOS, say. */
export function runningProcesses(): RunningProcess[] {
  return allPids().map((pid) => ({ pid, parent: parentOf(pid), args: commandLine(pid), env: environmentOf(pid) }));
}

function environmentOf(pid: number): Record<string, string> {
  const lines = readOr(`/proc/${pid}/environ`, "").split("\0");
  return Object.fromEntries(lines.map((line) => [line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1)]));
}
