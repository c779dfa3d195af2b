import { join } from "node:path";
import { stringify } from "yaml";
import { cniFolder } from "../cni-plugins";
import { apiUrl } from "./components";
import type { NodeConfig } from "./config";
import { nodePaths } from "./config";
import { readIfPresent, writeIfChanged } from "./files";
import { kubeconfig } from "./kubeconfig";
import { certificateRequests, readKeyPair } from "./pki";

/** Any small image does: it only has to hold the pod's network namespace. */
export const pauseImage = "registry.k8s.io/pause:3.10";

/** Writes every file that a process of the node reads. The PKI must be there. Files that fit are left alone. */
export function writeConfigFiles(config: NodeConfig): void {
  const paths = nodePaths(config);
  writeIfChanged(paths.containerdConfig, containerdConfig(config));
  writeIfChanged(paths.kubeletConfig, kubeletConfig(config));
  writeIfChanged(paths.corefile, corefile(config));
  writeIfChanged(join(paths.cniConfig, "10-pods.conflist"), cniConfig(config));
  const authority = readIfPresent(join(paths.pki, "ca.crt")) ?? "";
  for (const [user, request] of Object.entries(certificateRequests(config))) {
    const pair = readKeyPair(paths.pki, user);
    if (pair === undefined || request.usage === "server") continue;
    const text = kubeconfig({ name: config.name, server: apiUrl(config), user, authority, ...pair });
    writeIfChanged(join(paths.kubeconfigs, user), text, 0o600);
  }
}

/** TOML for containerd 1.6 and 1.7 (config version 2). */
export function containerdConfig(config: NodeConfig, plugins = cniFolder() ?? ""): string {
  const paths = nodePaths(config);
  const text = JSON.stringify;
  return `version = 2
root = ${text(paths.containerdRoot)}
state = ${text(paths.containerdState)}
# Snapshotters that are never used only make the start slower.
disabled_plugins = [${["aufs", "btrfs", "devmapper", "zfs", "native"].map((name) => text(`io.containerd.snapshotter.v1.${name}`)).join(", ")}]

[grpc]
  address = ${text(paths.containerdSocket)}

[plugins."io.containerd.internal.v1.opt"]
  path = ${text(paths.containerdPlugins)}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(pauseImage)}
  # Else pods' namespaces are mounted under /var/run/netns, among those of the machine.
  netns_mounts_under_state_dir = true
  # Without CAP_SYS_RESOURCE a process cannot be made less likely to be killed than its parent.
  restrict_oom_score_adj = true
  enable_unprivileged_ports = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(plugins)}
    conf_dir = ${text(paths.cniConfig)}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = ${text(paths.runcRoot)}
`;
}

export function kubeletConfig(config: NodeConfig): string {
  const paths = nodePaths(config);
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: config.nodeAddress,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(paths.pki, "ca.crt") },
    },
    authorization: { mode: "Webhook" },
    // All pods are below one cgroup, by which they can be found and ended.
    cgroupRoot: `/${config.name}`,
    cgroupDriver: "cgroupfs",
    cgroupsPerQOS: true,
    enforceNodeAllocatable: [],
    // Cgroup v1 still works; since 1.35 it has to be asked for.
    failCgroupV1: false,
    failSwapOn: false,
    clusterDomain: "cluster.local",
    clusterDNS: [config.dnsServiceAddress],
    // The machine's own resolver is often on a loopback address, which is another one inside the node.
    resolvConf: "",
    containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
    containerLogMaxSize: "10Mi",
    containerLogMaxFiles: 2,
    podLogsDir: paths.podLogs,
    volumePluginDir: paths.kubeletVolumePlugins,
    // The machine is shared with whatever else its user runs: no pod is put out because a disk is nearly full.
    evictionHard: {
      "memory.available": "0%",
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
      "imagefs.inodesFree": "0%",
    },
    imageGCHighThresholdPercent: 100,
    // Without CAP_SYS_RESOURCE neither quotas nor a lower score can be set.
    localStorageCapacityIsolation: false,
    oomScoreAdj: 0,
    nodeStatusUpdateFrequency: "10s",
    eventRecordQPS: 20,
    serializeImagePulls: false,
    enableProfilingHandler: false,
    shutdownGracePeriod: "0s",
  });
}

/** Names outside the cluster are not resolved: pods have no way out of the machine. */
export function corefile(config: NodeConfig): string {
  return `.:53 {
  bind ${config.nodeAddress}
  errors
  cache 5
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${JSON.stringify(join(nodePaths(config).kubeconfigs, "coredns"))} ${config.name}
    pods insecure
    ttl 5
  }
}
`;
}

/**
 * Each pod has a veth of its own and a route to it. With a bridge, packets between pods of one Service would need the
 * kernel's br_netfilter module to pass through iptables again.
 */
export function cniConfig(config: NodeConfig): string {
  const plugins = [
    {
      type: "ptp",
      // Addresses of pods are routed to the node from the machine, so they need not be hidden behind the node's.
      ipMasq: false,
      ipam: {
        type: "host-local",
        ranges: [[{ subnet: config.podRange }]],
        routes: [{ dst: "0.0.0.0/0" }],
        dataDir: nodePaths(config).cniAddresses,
      },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ];
  return `${JSON.stringify({ cniVersion: "1.0.0", name: config.name, plugins }, null, 2)}\n`;
}
