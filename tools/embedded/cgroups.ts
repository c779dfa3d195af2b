import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { currentMounts, type Mount } from "./mounts";
import { readOr } from "./proc";

/** The cgroup of that name in each hierarchy: one per controller with cgroup v1, a single one with v2. */
export function cgroupFolders(name: string, mounts: readonly Mount[] = currentMounts()): string[] {
  return mounts
    .filter((mount) => mount.type === "cgroup" || mount.type === "cgroup2")
    .map((mount) => join(mount.mountPoint, name));
}

/** Makes the cgroup of that name in each hierarchy: the kubelet wants its root to be there, with all controllers. */
export function createCgroups(name: string, mounts: readonly Mount[] = currentMounts()): void {
  for (const folder of cgroupFolders(name, mounts)) {
    mkdirSync(folder, { recursive: true });
    enableControllers(dirname(folder));
    enableControllers(folder);
    copyFromParent(folder, "cpuset.cpus");
    copyFromParent(folder, "cpuset.mems");
    setWeight(folder, "cpu.shares", 1024);
    setWeight(folder, "cpu.weight", 100);
  }
}

/** Cgroup v2: children have only the controllers that their parent passes on. */
function enableControllers(folder: string): void {
  const available = readOr(join(folder, "cgroup.controllers"), "").trim();
  for (const controller of available.split(" ").filter((text) => text !== "")) {
    try {
      writeFileSync(join(folder, "cgroup.subtree_control"), `+${controller}`);
    } catch {
      // One that cannot be passed on here (a threaded one, say) is no reason to go without the others.
    }
  }
}

/** Cgroup v1: a new cpuset holds no processor and no memory node, and no process can enter it. */
function copyFromParent(folder: string, file: string): void {
  if (readOr(join(folder, file), "-").trim() !== "" || readOr(join(folder, "cgroup.controllers"), "-") !== "-") return;
  writeFileSync(join(folder, file), readOr(join(dirname(folder), file), ""));
}

/**
 * Beside the processes of the root group a new group counts as one of them: on a busy machine all pods together then get
 * the time of a single process, and fail their probes. Eight is what a build or a browser on the same machine leaves room for.
 */
function setWeight(folder: string, file: string, ofOneProcess: number): void {
  if (existsSync(join(folder, file))) writeFileSync(join(folder, file), String(8 * ofOneProcess));
}

/** The folder and all below it, deepest first: the order in which cgroups can be removed. */
export function cgroupTree(folder: string): string[] {
  return [...childFolders(folder).flatMap(cgroupTree), ...(exists(folder) ? [folder] : [])];
}

/** Pids in the cgroups of that name, in any hierarchy. */
export function cgroupPids(name: string): number[] {
  const pids = cgroupFolders(name)
    .flatMap(cgroupTree)
    .flatMap((folder) => readOr(join(folder, "cgroup.procs"), "").split("\n"))
    .filter((line) => line !== "")
    .map(Number);
  return [...new Set(pids)];
}

/** Removes the cgroups of that name. One that still holds a process stays, and `leftovers` lists it. */
export function removeCgroups(name: string): void {
  for (const folder of cgroupFolders(name).flatMap(cgroupTree)) {
    try {
      rmdirSync(folder);
    } catch {
      // Busy or already gone: what stays is found again by whoever looks for leftovers.
    }
  }
}

export function existingCgroups(name: string): string[] {
  return cgroupFolders(name).filter(exists);
}

function childFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

function exists(folder: string): boolean {
  try {
    readdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
