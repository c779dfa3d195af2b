import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../lock";
import { poll } from "../poll";
import { type Reporter, silentReporter } from "../report/reporter";
import { cgroupPids, existingCgroups, removeCgroups } from "./cgroups";
import type { ComponentName } from "./components";
import type { NodeConfig } from "./config";
import { nodeConfig, nodeLock, nodePaths } from "./config";
import { restoreInotifyLimit } from "./kernel-limits";
import { cniResults, containerLogLinks, daemonPids, leftovers, livingPids, shimPids, shimSockets } from "./leftovers";
import { unmountBelow } from "./mounts";
import { removeNetwork } from "./network";
import type { Owner } from "./owner";
import { checkOwner, readOwner, stateIsOurs } from "./owner";
import { socketAnswers } from "./probes";
import { isAlive } from "./proc";
import { endProcesses, readRecord } from "./processes";

export interface StopOptions {
  /** Also remove the state folder: the next start makes a new cluster. @default false */
  readonly purge?: boolean;
}

/**
 * Removes the node from the machine: processes, pods, mounts, namespaces, routes, cgroups. The state folder stays
 * unless `purge`. A node that is half made, half removed or not there is fine.
 *
 * @returns what could not be removed, as `leftovers` says it; empty when all is well.
 * @throws UserError when the node of that name belongs to another folder and runs.
 */
export async function stopNode(
  config: NodeConfig,
  options: StopOptions = {},
  reporter: Reporter = silentReporter,
): Promise<string[]> {
  return withLock(nodeLock(config), "at work on the embedded node", reporter, async () => {
    const stranger = checkOwner(config);
    if (stranger) await removeDeadNode(config, stranger);
    else await removeNode(config, reporter);
    const left = leftovers(config);
    if (options.purge && left.length === 0 && stateIsOurs(config)) await purgeState(config);
    return left;
  });
}

/** Cleans up after a node of another folder, all of whose processes are dead. Its state folder stays. */
export async function removeDeadNode(config: NodeConfig, owner: Owner): Promise<void> {
  await removeNode(nodeConfig({ name: config.name, stateFolder: owner.stateFolder }));
}

/** The steps of a stop, without lock and owner check. */
export async function removeNode(config: NodeConfig, reporter?: Reporter): Promise<void> {
  const owner = readOwner(config);
  const sockets = shimSockets(config);
  // First the kubelet: it would start each pod again that ends.
  reporter?.waiting("kubelet and pods to end");
  await endComponent(config, "kubelet", 0);
  await endPods(config);
  await endProcesses(shimPids(config), 0);
  for (const name of ["containerd", "kube-proxy", "coredns", "kube-scheduler", "kube-controller-manager"] as const) {
    await endComponent(config, name, 0);
  }
  reporter?.waiting("the control plane to end");
  await endComponent(config, "kube-apiserver", 0);
  // etcd writes its log to the end: what was not synced must not be cut off.
  await endComponent(config, "etcd", 5000);
  await endProcesses([...daemonPids(config), ...livingPids(config)], 0);
  reporter?.waiting("mounts, namespaces and routes to go");
  await unmountBelow([config.stateFolder, config.runFolder]);
  await removeNetwork(config);
  // The kernel takes a moment to let go of the cgroups of processes that were killed.
  const withoutCgroups = () => {
    removeCgroups(config.name);
    return existingCgroups(config.name).length === 0;
  };
  await poll(withoutCgroups, { withinMs: 5000, everyMs: 25 });
  for (const path of [...sockets, ...containerLogLinks(config), ...cniResults(config)]) rmSync(path, { force: true });
  const made = owner?.madeFolders ?? [];
  if (made.includes("/var/lib/cni")) rmSync("/var/lib/cni/results", { recursive: true, force: true });
  if (made.includes("/run/containerd")) await removeDeadSockets("/run/containerd/s");
  removeMadeFolders(made);
  restoreInotifyLimit(config);
  // Leases and logs of pods that are gone; and last the owner file, since it says that something may be left.
  rmSync(nodePaths(config).cniAddresses, { recursive: true, force: true });
  rmSync(nodePaths(config).podLogs, { recursive: true, force: true });
  rmSync(config.runFolder, { recursive: true, force: true });
}

async function purgeState(config: NodeConfig): Promise<void> {
  await unmountBelow([config.stateFolder]);
  rmSync(config.stateFolder, { recursive: true, force: true });
}

async function endComponent(config: NodeConfig, name: ComponentName, deadlineMs: number): Promise<void> {
  const found = readRecord(config, name);
  if (found && isAlive(found)) await endProcesses([found.pid], deadlineMs);
}

/** Kills until none is left: a process may fork between the reading of the list and its end. */
async function endPods(config: NodeConfig): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const pids = cgroupPids(config.name);
    if (pids.length === 0) return;
    await endProcesses(pids, 0);
  }
}

/** Shims that were killed leave their sockets, and those of pods that containerd has forgotten are on no list. */
async function removeDeadSockets(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const path of readdirSync(folder).map((name) => join(folder, name))) {
    if (!(await socketAnswers(path))) rmSync(path, { force: true });
  }
}

/** Folders of the machine that the node brought with it, when nobody else has put anything into them since. */
function removeMadeFolders(folders: readonly string[]): void {
  if (folders.includes("/var/lib/kubelet")) {
    rmSync("/var/lib/kubelet/device-plugins", { recursive: true, force: true });
  }
  for (const folder of folders) {
    for (const part of ["results", "s", "bin", "lib", "device-plugins", ""]) {
      try {
        rmdirSync(join(folder, part));
      } catch {
        // Not there, or in use by others.
      }
    }
  }
}
