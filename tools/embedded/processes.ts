import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { poll } from "../poll";
import type { NodeConfig } from "./config";
import { nodePaths } from "./config";
import { readIfPresent, writeAtomically } from "./files";
import { allPids, commandLine, identityOf, isAlive, networkNamespaceAt, networkNamespaceOf } from "./proc";

/** A process of the node, as data. */
export interface ProcessSpec {
  readonly name: string;
  /** Absolute path, or a name that is found on `nodePath`. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files it reads when it starts only: when one of them changes, the process is restarted. */
  readonly files: readonly string[];
}

const record = z.object({
  pid: z.number(),
  startTime: z.string(),
  bootId: z.string(),
  /** Hash of command, arguments, environment and files. */
  fingerprint: z.string(),
  /** When it was started, in ms since 1970; 0 when it was found running. */
  startedAt: z.number(),
});
export type ProcessRecord = z.infer<typeof record>;

const largestLog = 20 * 1024 * 1024;

export function fingerprint(spec: ProcessSpec): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([spec.command, spec.args, spec.env]));
  for (const file of spec.files) hash.update(JSON.stringify([file, readIfPresent(file) ?? null]));
  return hash.digest("hex");
}

/** What the pid file says, or undefined when there is none that can be read. */
export function readRecord(config: NodeConfig, name: string): ProcessRecord | undefined {
  const text = readIfPresent(pidFile(config, name));
  if (text === undefined) return undefined;
  try {
    return record.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Names of all processes that a pid file is there for. */
export function recordedProcesses(config: NodeConfig): string[] {
  const files = readdirSync(nodePaths(config).pids, { withFileTypes: true });
  return files.filter((file) => file.name.endsWith(".json")).map((file) => basename(file.name, ".json"));
}

/** The pid of a process that we started and that still runs, in the node's present network namespace. */
export function livePid(config: NodeConfig, name: string): number | undefined {
  const found = readRecord(config, name);
  return found !== undefined && isAlive(found) && isInNamespace(config, found.pid) ? found.pid : undefined;
}

function isInNamespace(config: NodeConfig, pid: number): boolean {
  const namespace = networkNamespaceAt(config.netnsPath);
  return namespace !== undefined && networkNamespaceOf(pid) === namespace;
}

/**
 * Starts what does not run, and restarts what runs with other arguments or files than it should.
 * @returns "kept" when there was nothing to do.
 */
export async function ensureProcess(
  config: NodeConfig,
  spec: ProcessSpec,
): Promise<"kept" | "adopted" | "started" | "restarted"> {
  const wanted = fingerprint(spec);
  const found = livePid(config, spec.name);
  if (found !== undefined && readRecord(config, spec.name)?.fingerprint === wanted) return "kept";
  if (found !== undefined) {
    await endProcesses([found], 10_000);
    await start(config, spec, wanted);
    return "restarted";
  }
  // Killed between the start of a process and its pid file, a run leaves one that nobody knows of.
  const stray = strayPid(config, spec);
  if (stray !== undefined) {
    const identity = identityOf(stray);
    if (identity) {
      writeRecord(config, spec.name, { ...identity, fingerprint: wanted, startedAt: 0 });
      return "adopted";
    }
  }
  await start(config, spec, wanted);
  return "started";
}

/** Processes in the node's network namespace. */
export function pidsInNamespace(config: NodeConfig): number[] {
  const namespace = networkNamespaceAt(config.netnsPath);
  if (namespace === undefined) return [];
  return allPids().filter((pid) => networkNamespaceOf(pid) === namespace && identityOf(pid) !== undefined);
}

/** Sends SIGTERM, waits, then SIGKILL, and waits until all are gone. A deadline of 0 kills at once. */
export async function endProcesses(pids: readonly number[], deadlineMs: number): Promise<void> {
  const identities = pids.flatMap((pid) => identityOf(pid) ?? []);
  const living = () => identities.filter(isAlive);
  if (deadlineMs > 0) {
    signal(living(), "SIGTERM");
    await poll(() => living().length === 0, { withinMs: deadlineMs, everyMs: 25 });
  }
  signal(living(), "SIGKILL");
  await poll(() => living().length === 0, { withinMs: 5000, everyMs: 25 });
}

export function logFile(config: NodeConfig, name: string): string {
  return join(nodePaths(config).logs, `${name}.log`);
}

async function start(config: NodeConfig, spec: ProcessSpec, wanted: string): Promise<void> {
  const log = logFile(config, spec.name);
  mkdirSync(nodePaths(config).logs, { recursive: true });
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(log, `${log}.1`);
  const output = openSync(log, "a");
  const startedAt = Date.now();
  try {
    // nsenter replaces itself by the command, so its pid is the command's. `ip netns exec` would hide /sys/fs/cgroup.
    const child = spawn("nsenter", [`--net=${config.netnsPath}`, "--", spec.command, ...spec.args], {
      cwd: config.stateFolder,
      env: spec.env,
      detached: true,
      stdio: ["ignore", output, output],
    });
    await new Promise<void>((done, failed) => {
      child.once("spawn", done);
      child.once("error", failed);
    });
    child.unref();
    const identity = child.pid === undefined ? undefined : identityOf(child.pid);
    // Until nsenter is there, the process is none of the node's, and whoever looks would take it for one that has ended.
    if (identity) {
      const settled = () => !isAlive(identity) || isInNamespace(config, identity.pid);
      await poll(settled, { withinMs: 10_000, everyMs: 2 });
    }
    if (identity) writeRecord(config, spec.name, { ...identity, fingerprint: wanted, startedAt });
  } finally {
    closeSync(output);
  }
}

function strayPid(config: NodeConfig, spec: ProcessSpec): number | undefined {
  const wanted = [spec.command, ...spec.args].join("\0");
  return pidsInNamespace(config).find((pid) => commandLine(pid).join("\0") === wanted);
}

function signal(identities: readonly { pid: number }[], name: NodeJS.Signals): void {
  for (const { pid } of identities) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function pidFile(config: NodeConfig, name: string): string {
  return join(nodePaths(config).pids, `${name}.json`);
}

function writeRecord(config: NodeConfig, name: string, value: ProcessRecord): void {
  writeAtomically(pidFile(config, name), `${JSON.stringify(value)}\n`);
}
