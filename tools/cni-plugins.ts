import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** The plugins that the embedded node's pod network is made of; see `cniConfig`. */
export const cniPlugins = ["ptp", "host-local", "portmap", "loopback"] as const;

/** Where packages put them: Debian and Ubuntu, Kubernetes' own packages, Fedora. */
const folders: readonly string[] = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];

/** The Debian package that they come in. */
export const cniPackage = "containernetworking-plugins";

/** The folder that holds all of the plugins. The node's containerd is told of one folder only. */
export function cniFolder(candidates: readonly string[] = folders): string | undefined {
  return candidates.find((folder) => missingIn(folder).length === 0);
}

/** Paths that are not there, in the folder that holds the most of them. Empty: `cniFolder` has one. */
export function missingCniPlugins(candidates: readonly string[] = folders): string[] {
  const [best = { folder: "", missing: [] }] = candidates
    .map((folder) => ({ folder, missing: missingIn(folder) }))
    .sort((one, other) => one.missing.length - other.missing.length);
  return best.missing.map((plugin) => join(best.folder, plugin));
}

function missingIn(folder: string): string[] {
  return cniPlugins.filter((plugin) => {
    try {
      accessSync(join(folder, plugin), constants.X_OK);
      return false;
    } catch {
      return true;
    }
  });
}
