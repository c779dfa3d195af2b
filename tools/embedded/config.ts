import { join, resolve } from "node:path";
import { workPaths } from "../paths";
import { UserError } from "../user-error";

/** Where an embedded node lives: its name, its folders and its addresses. Plain data; nothing is read or made. */
export interface NodeConfig {
  /** Names the network namespace, the cgroup, the run folder, the network interface and the Kubernetes node. */
  readonly name: string;
  /** Everything that survives a stop: PKI, etcd, containerd, kubelet, logs. */
  readonly stateFolder: string;
  /** Sockets and pid files: a short path, because a unix socket path is at most 107 bytes long. */
  readonly runFolder: string;
  /** The file that holds the node's network namespace. */
  readonly netnsPath: string;
  /** The host's end of the veth pair; the other end is called `node0`. */
  readonly hostInterface: string;
  readonly hostAddress: string;
  readonly nodeAddress: string;
  /** CIDR of pod addresses. */
  readonly podRange: string;
  /** CIDR of cluster IPs. Its first address is the API server's, its tenth the DNS service's. */
  readonly serviceRange: string;
  readonly apiServiceAddress: string;
  readonly dnsServiceAddress: string;
}

export interface NodeConfigArgs {
  /** @default "mesh-lanes" */
  readonly name?: string;
  /** @default workPaths.node */
  readonly stateFolder?: string;
}

/** Linux allows 15 bytes for an interface name, and one is the trailing `0`. */
const namePattern = /^[a-z][a-z0-9-]{0,12}[a-z0-9]$/;
/** The longest path below the state folder that becomes a unix socket is far shorter; overlay options are the limit. */
const longestStateFolder = 200;

/**
 * The config of a node.
 * @throws UserError when the name cannot be an interface name or the folder is too deep.
 */
export function nodeConfig(args: NodeConfigArgs = {}): NodeConfig {
  const name = args.name ?? "mesh-lanes";
  const stateFolder = resolve(args.stateFolder ?? workPaths.node);
  const problems = [];
  if (!namePattern.test(name)) {
    problems.push({
      path: "name",
      got: JSON.stringify(name),
      expected: "2 to 14 characters: a-z, 0-9 and -, a letter first, no - last (it names a network interface)",
      fix: "Choose a shorter or plainer name for the cluster.",
    });
  }
  if (stateFolder.length > longestStateFolder) {
    problems.push({
      path: "stateFolder",
      got: `${stateFolder} (${stateFolder.length} characters)`,
      expected: `at most ${longestStateFolder} characters`,
      fix: "Move the checkout to a folder with a shorter path.",
    });
  }
  if (problems.length > 0) throw new UserError("The embedded node cannot be set up like this:", problems);
  return {
    name,
    stateFolder,
    runFolder: join("/run", name),
    netnsPath: join("/run/netns", name),
    hostInterface: `${name}0`,
    hostAddress: "10.200.0.1",
    nodeAddress: "10.200.0.2",
    podRange: "10.244.0.0/16",
    serviceRange: "10.96.0.0/16",
    apiServiceAddress: "10.96.0.1",
    dnsServiceAddress: "10.96.0.10",
  };
}

/** The lock of whoever makes, fixes or stops the node: beside the state folder, because a purge removes that. */
export function nodeLock(config: NodeConfig): string {
  return `${config.stateFolder}.lock`;
}

/** In the state folder: holds the name of the node that the state is of. */
export const nameFile = "name";

/** Files and folders of a node, all derived from its config. */
export function nodePaths(config: NodeConfig) {
  const state = (...parts: string[]) => join(config.stateFolder, ...parts);
  const run = (...parts: string[]) => join(config.runFolder, ...parts);
  return {
    pki: state("pki"),
    kubeconfigs: state("kubeconfig"),
    adminKubeconfig: state("kubeconfig", "admin"),
    identity: state("identity"),
    name: state(nameFile),
    logs: state("log"),
    podLogs: state("pods"),
    etcd: state("etcd"),
    containerdRoot: state("containerd"),
    containerdConfig: state("config", "containerd.toml"),
    containerdPlugins: state("containerd-opt"),
    kubeletRoot: state("kubelet"),
    kubeletConfig: state("config", "kubelet.yaml"),
    kubeletVolumePlugins: state("kubelet-plugins"),
    corefile: state("config", "Corefile"),
    cniConfig: state("cni", "conf"),
    cniAddresses: state("cni", "addresses"),
    owner: run("owner.json"),
    pids: run("pids"),
    /** A link to the kubelet's root, so that the paths of its sockets stay below 107 bytes. */
    kubeletLink: run("kubelet"),
    containerdState: run("containerd"),
    containerdSocket: run("containerd.sock"),
    runcRoot: run("runc"),
  } as const;
}
