import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const codeRoot = resolve(__dirname, "..");

/** Whether this code is in a checkout, with the sources of apps and tools, and not in the npm package. */
export const isCheckout = existsSync(join(codeRoot, "Pulumi.yaml"));

/** The checkout, or the folder of the npm package, which has `dist` with the code in it. */
export const packageRoot = isCheckout ? codeRoot : resolve(codeRoot, "..");

/** The script of the command `lanes`. */
export const lanesScript = join(packageRoot, "bin", "lanes.js");

/** The folder with the stacks' config: the checkout, or, for the `lanes` of the npm package, where it is run. */
export const projectRoot = isCheckout ? codeRoot : process.cwd();

/**
 * Everything a run writes into the checkout. All of it is ignored by git, and `lanes stop --purge` removes it.
 * A stack in another checkout therefore never shares state, credentials or plugins with this one.
 */
export const workFolder = join(projectRoot, ".lanes");

export const workPaths = {
  /** Pulumi's file backend. */
  state: join(workFolder, "state"),
  /** PULUMI_HOME: plugins and workspace settings, apart from the user's own. */
  pulumiHome: join(workFolder, "pulumi"),
  /** Everything the embedded node keeps: PKI, etcd, containerd, kubelet, logs. */
  node: join(workFolder, "node"),
  /** Admin kubeconfig of the local cluster, mode 0600. */
  kubeconfig: join(workFolder, "kubeconfig"),
  logs: join(workFolder, "log"),
} as const;

/** Shared by all checkouts of a user: pinned tools, image archives. Safe to delete at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.MESH_LANES_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mesh-lanes");
  return resolve(base);
}
