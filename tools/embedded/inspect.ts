import { apiUrl, componentNames } from "./components";
import type { NodeConfig } from "./config";
import { nodePaths } from "./config";
import { readIfPresent } from "./files";
import { networkIsUp } from "./network";
import { anyProcessLives, readOwner, stateIsOurs } from "./owner";
import { networkNamespaceAt } from "./proc";
import { livePid } from "./processes";

/** How others reach an existing node. */
export interface NodeInfo {
  readonly name: string;
  /** IPv4 address at which node ports and the API server answer. */
  readonly nodeAddress: string;
  /** e.g. `https://10.200.0.2:6443` */
  readonly address: string;
  /** The text of the administrator's kubeconfig: a secret. */
  readonly kubeconfig: string;
  /** A UUID that is made with the state folder: another one means that all objects are gone. */
  readonly identity: string;
}

/**
 * - absent: there is no state; `createNode` makes a new cluster.
 * - stopped: there is state, and nothing runs.
 * - broken: something runs, and something is missing (named in `dead`); `createNode` fixes it.
 * - running: every process and the network are there.
 */
export interface NodeInspection {
  readonly state: "absent" | "stopped" | "broken" | "running";
  /** Names of processes that do not run, and `network` when the namespace or a route is missing. */
  readonly dead: readonly string[];
  readonly info?: NodeInfo;
}

/** Looks at files and /proc only: no process is started and the API server is not asked. */
export function inspectNode(config: NodeConfig): NodeInspection {
  const info = nodeInfo(config);
  const owner = readOwner(config);
  const ours = owner?.stateFolder === config.stateFolder;
  if (info === undefined && !ours) return { state: "absent", dead: [] };
  const dead: string[] = componentNames.filter((name) => !ours || livePid(config, name) === undefined);
  const network = ours && networkIsUp(config);
  if (!network) dead.unshift("network");
  if (dead.length === 0 && info) return { state: "running", dead, info };
  const anything = ours && (anyProcessLives(config) || networkNamespaceAt(config.netnsPath) !== undefined);
  return { state: anything ? "broken" : "stopped", dead, info };
}

export function nodeInfo(config: NodeConfig): NodeInfo | undefined {
  const paths = nodePaths(config);
  if (!stateIsOurs(config)) return undefined;
  const kubeconfig = readIfPresent(paths.adminKubeconfig);
  const identity = readIfPresent(paths.identity)?.trim();
  if (kubeconfig === undefined || identity === undefined) return undefined;
  return {
    name: config.name,
    nodeAddress: config.nodeAddress,
    address: apiUrl(config),
    kubeconfig,
    identity,
  };
}
