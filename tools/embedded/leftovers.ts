import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { cgroupPids, existingCgroups } from "./cgroups";
import type { NodeConfig } from "./config";
import { nodePaths } from "./config";
import { currentMounts, mountsBelow } from "./mounts";
import { networkParts } from "./network";
import { allPids, commandLine, identityOf, isAlive } from "./proc";
import { pidsInNamespace, readRecord, recordedProcesses } from "./processes";

/**
 * Everything of a node that is on the machine outside its state folder, a line each: processes, mounts, namespaces,
 * interfaces, routes, cgroups, files. Empty after `stopNode`.
 */
export function leftovers(config: NodeConfig): string[] {
  return [
    ...livingPids(config).map((pid) => `process ${pid} ${commandLine(pid).slice(0, 3).join(" ")}`),
    ...mountsBelow(currentMounts(), [config.stateFolder, config.runFolder]).map((point) => `mount ${point}`),
    ...networkParts(config),
    ...existingCgroups(config.name).map((folder) => `cgroup ${folder}`),
    ...containerLogLinks(config).map((path) => `link ${path}`),
    ...cniResults(config).map((path) => `file ${path}`),
    ...(existsSync(config.runFolder) ? [`folder ${config.runFolder}`] : []),
  ];
}

/** Every process of the node: by pid file, by network namespace, by cgroup, and shims by the socket they report to. */
export function livingPids(config: NodeConfig): number[] {
  const pids = [...daemonPids(config), ...pidsInNamespace(config), ...cgroupPids(config.name), ...shimPids(config)];
  return [...new Set(pids)].filter((pid) => identityOf(pid) !== undefined);
}

/** Processes with a pid file that are alive, in whatever network namespace they are. */
export function daemonPids(config: NodeConfig): number[] {
  if (!existsSync(nodePaths(config).pids)) return [];
  return recordedProcesses(config).flatMap((name) => {
    const found = readRecord(config, name);
    return found !== undefined && isAlive(found) ? [found.pid] : [];
  });
}

/** containerd's shims outlive it: one for each pod. */
export function shimPids(config: NodeConfig): number[] {
  const socket = nodePaths(config).containerdSocket;
  return allPids().filter((pid) => {
    const [command = "", ...args] = commandLine(pid);
    return command.includes("containerd-shim") && args.includes(socket);
  });
}

/** Links that the kubelet makes for log collectors, in a folder that it cannot be told. */
export function containerLogLinks(config: NodeConfig): string[] {
  const folder = "/var/log/containers";
  return entries(folder)
    .map((name) => join(folder, name))
    .filter((path) => isLinkInto(path, nodePaths(config).podLogs));
}

/** Results that CNI plugins keep for each pod, in a folder that containerd 1.6 cannot be told. */
export function cniResults(config: NodeConfig, folder = "/var/lib/cni/results"): string[] {
  const names = entries(folder);
  const own = new RegExp(`^${config.name}-([0-9a-f]{64})-`);
  const ids = new Set(names.flatMap((name) => own.exec(name)?.[1] ?? []));
  // Each pod's loopback interface is of a network that has the same name everywhere.
  const loopback = (name: string) => ids.has(/^cni-loopback-([0-9a-f]{64})-lo$/.exec(name)?.[1] ?? "");
  return names.filter((name) => own.test(name) || loopback(name)).map((name) => join(folder, name));
}

/** Sockets of the shims: they lie in a folder of containerd's own, and only the shim's bundle says which are ours. */
export function shimSockets(config: NodeConfig): string[] {
  const bundles = join(nodePaths(config).containerdState, "io.containerd.runtime.v2.task", "k8s.io");
  return entries(bundles).flatMap((id) => {
    try {
      const address = readFileSync(join(bundles, id, "address"), "utf8").trim();
      return address.startsWith("unix:///run/containerd/s/") ? [address.slice("unix://".length)] : [];
    } catch {
      return [];
    }
  });
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function isLinkInto(path: string, folder: string): boolean {
  try {
    return readlinkSync(path).startsWith(`${folder}/`);
  } catch {
    return false;
  }
}
