import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

/** What identifies one run of a process: a pid alone is used again by the kernel. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot at which it started: field 22 of /proc/PID/stat. */
  readonly startTime: string;
  /** Pids and ticks start again at each boot, and /run is not emptied on every system. */
  readonly bootId: string;
}

/** Start time and state out of the text of /proc/PID/stat. The command, in brackets, may hold spaces and brackets. */
export function parseStat(text: string): { state: string; parent: number; startTime: string } | undefined {
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .trim()
    .split(" ");
  const [state, parent] = fields;
  const startTime = fields[19];
  if (state === undefined || parent === undefined || startTime === undefined) return undefined;
  return { state, parent: Number(parent), startTime };
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** The identity of a running process; undefined when there is none, or only a zombie of it. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = parseStat(readOr(`/proc/${pid}/stat`, ""));
  if (stat === undefined || stat.state === "Z" || stat.state === "X") return undefined;
  return { pid, startTime: stat.startTime, bootId: bootId() };
}

export function isAlive(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  return now?.startTime === identity.startTime && now.bootId === identity.bootId;
}

/** The parent of a process; 0 when it has none, or is gone. */
export function parentOf(pid: number): number {
  return parseStat(readOr(`/proc/${pid}/stat`, ""))?.parent ?? 0;
}

/** All pids of this moment; none where there is no /proc. */
export function allPids(): number[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
}

/** Arguments of a process, the command first; empty for a kernel thread or a process that is gone. */
export function commandLine(pid: number): string[] {
  return readOr(`/proc/${pid}/cmdline`, "").split("\0").slice(0, -1);
}

/** Inode of a process's network namespace; undefined when it is gone. */
export function networkNamespaceOf(pid: number): number | undefined {
  try {
    const inode = /\[([0-9]+)\]/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[1];
    return inode === undefined ? undefined : Number(inode);
  } catch {
    return undefined;
  }
}

/**
 * Inode of the network namespace that a file under /run/netns holds. Undefined when there is none, or when the file is
 * only what a reboot left of it: then it lies on the same device as its folder.
 */
export function networkNamespaceAt(path: string): number | undefined {
  const file = statSync(path, { throwIfNoEntry: false });
  const folder = statSync("/run/netns", { throwIfNoEntry: false });
  if (file === undefined || file.dev === folder?.dev) return undefined;
  return file.ino;
}

export function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return fallback;
  }
}
