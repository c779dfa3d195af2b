import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../user-error";
import type { NodeConfig } from "./config";
import { nameFile, nodePaths } from "./config";
import { readIfPresent, writeAtomically, writeIfChanged } from "./files";
import { isAlive } from "./proc";
import { readRecord, recordedProcesses } from "./processes";

const owner = z.object({
  stateFolder: z.string(),
  user: z.string(),
  /** ISO 8601. */
  since: z.string(),
  /** Folders of the machine that were not there before the node came, so that they can go with it. */
  madeFolders: z.array(z.string()),
});
export type Owner = z.infer<typeof owner>;

/** Folders that the kubelet, the CNI plugins and containerd's shims use whatever they are told. */
const fixedFolders = [
  "/var/lib/kubelet",
  "/var/lib/cni",
  "/var/log/containers",
  "/usr/libexec/kubernetes",
  "/run/containerd",
  "/opt/containerd",
  "/opt/cni",
] as const;

/** Who runs a node of this name on this machine; undefined when nobody does. */
export function readOwner(config: NodeConfig): Owner | undefined {
  const text = readIfPresent(nodePaths(config).owner);
  if (text === undefined) return undefined;
  try {
    return owner.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * True when the state folder of a node was deleted while it ran. A deletion leaves folders below which something is
 * mounted, so the folder itself tells nothing: the file that is written first, and goes last, does.
 */
export function isOrphan({ stateFolder }: Owner): boolean {
  try {
    statSync(join(stateFolder, nameFile));
    return false;
  } catch (error) {
    // A folder that we must not look into is not gone.
    return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}

/** True when any process that a pid file names still runs, in whatever network namespace. */
export function anyProcessLives(config: NodeConfig): boolean {
  if (!existsSync(nodePaths(config).pids)) return false;
  return recordedProcesses(config).some((name) => {
    const found = readRecord(config, name);
    return found !== undefined && isAlive(found);
  });
}

/**
 * What stands in the way of a node of this name.
 * @returns the owner whose dead node has to be cleaned up first; undefined when the name is free or ours.
 * @throws UserError when another checkout's node runs under the name, or the run folder is somebody else's.
 */
export function checkOwner(config: NodeConfig): Owner | undefined {
  const current = readOwner(config);
  if (current === undefined) {
    if (isForeignFolder(config.runFolder)) {
      throw new UserError(`The name ${JSON.stringify(config.name)} cannot be used for the embedded node:`, [
        {
          path: config.runFolder,
          got: "a folder that was not made by an embedded node",
          expected: "no such folder, or an empty one",
          fix: "Choose another name for the cluster.",
        },
      ]);
    }
    return undefined;
  }
  if (current.stateFolder === config.stateFolder) return undefined;
  if (!anyProcessLives(config)) return current;
  const gone = isOrphan(current);
  throw new UserError(`An embedded node ${JSON.stringify(config.name)} runs already, for another folder:`, [
    {
      path: config.name,
      got: `runs since ${current.since} for ${current.stateFolder} (user ${current.user})${gone ? ", which was deleted" : ""}`,
      expected: "one node of that name on a machine",
      fix: gone
        ? "Run `npm run stop`, here or in any checkout: it ends that node."
        : "Run `npm run stop` in the checkout that holds that folder, or give this cluster another name.",
    },
  ]);
}

/** Takes the name for this state folder. The first thing that is made: `stopNode` only touches what has an owner. */
export function takeOwnership(config: NodeConfig, now = new Date()): void {
  const before = readOwner(config);
  if (before?.stateFolder === config.stateFolder) return;
  mkdirSync(nodePaths(config).pids, { recursive: true });
  const value: Owner = {
    stateFolder: config.stateFolder,
    user: userInfo().username,
    since: now.toISOString(),
    madeFolders: fixedFolders.filter((folder) => !existsSync(folder)),
  };
  writeAtomically(nodePaths(config).owner, `${JSON.stringify(value, null, 2)}\n`);
}

/** False when the state folder holds a node of another name: two nodes must never write into one folder. */
export function stateIsOurs(config: NodeConfig): boolean {
  const name = readIfPresent(nodePaths(config).name)?.trim();
  return name === undefined || name === config.name;
}

/** @throws UserError when the state folder holds a node of another name. */
export function takeState(config: NodeConfig): void {
  const path = nodePaths(config).name;
  if (stateIsOurs(config)) {
    writeIfChanged(path, `${config.name}\n`);
    return;
  }
  throw new UserError(`The state folder is not that of a node ${JSON.stringify(config.name)}:`, [
    {
      path: config.stateFolder,
      got: `the state of a node ${JSON.stringify(readIfPresent(path)?.trim())}`,
      expected: "one node in a checkout",
      fix: "Run `npm run stop -- --purge`, then `npm start`.",
    },
  ]);
}

function isForeignFolder(folder: string): boolean {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return false;
  // Killed before the owner file was complete, we leave only the folder of pid files or a partial file.
  return readdirSync(folder).some((entry) => entry !== "pids" && !entry.startsWith("owner.json"));
}
