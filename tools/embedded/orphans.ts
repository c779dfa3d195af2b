import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import type { Reporter } from "../report/reporter";
import { type NodeConfig, nodeConfig } from "./config";
import { leftovers } from "./leftovers";
import { isOrphan, readOwner } from "./owner";
import { removeNode } from "./stop";

/**
 * Nodes of this machine whose state folder was deleted while they ran, with the checkout most likely: nobody can stop or
 * start them any more.
 *
 * @param folder where the run folders of all nodes are.
 */
export function orphans(folder = "/run"): NodeConfig[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const config = entry.isDirectory() ? configNamed(entry.name, folder) : undefined;
    const owner = config && readOwner(config);
    return owner && isOrphan(owner) ? [{ ...config, stateFolder: owner.stateFolder }] : [];
  });
}

/** The config of a node of that name; undefined for a name that no node can have. */
function configNamed(name: string, folder: string): NodeConfig | undefined {
  try {
    return { ...nodeConfig({ name: basename(name) }), runFolder: `${folder}/${name}` };
  } catch {
    return undefined;
  }
}

/**
 * Ends every orphan: processes, pods, mounts, namespace, routes, and what is left of its state.
 *
 * @returns what could not be removed, as `leftovers` says it.
 */
export async function endOrphans(reporter: Reporter): Promise<string[]> {
  const left: string[] = [];
  for (const orphan of orphans()) {
    reporter.note(`ending the node ${orphan.name} of ${orphan.stateFolder}: that folder was deleted while it ran`);
    await removeNode(orphan, reporter);
    const lines = leftovers(orphan);
    // Folders that could not be deleted while something was mounted below them.
    if (lines.length === 0) rmSync(orphan.stateFolder, { recursive: true, force: true });
    left.push(...lines);
  }
  return left;
}
