import { join } from "node:path";
import type { NodeConfig } from "./config";
import { nodePaths } from "./config";
import type { ProcessSpec } from "./processes";

/** The processes of the node, in the order in which they are started. */
export const componentNames = [
  "etcd",
  "containerd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "coredns",
  "kubelet",
] as const;
export type ComponentName = (typeof componentNames)[number];

const apiPort = 6443;

export function apiUrl(config: NodeConfig): string {
  return `https://${config.nodeAddress}:${apiPort}`;
}
const etcdUrl = "http://127.0.0.1:2379";

/**
 * How each process of the node is started.
 * @param binFolder holds the Kubernetes processes, etcd and coredns by those names; containerd, runc and the system's
 * tools are found on the system's own path.
 */
export function components(config: NodeConfig, binFolder: string): Record<ComponentName, ProcessSpec> {
  const paths = nodePaths(config);
  const pki = (file: string) => join(paths.pki, file);
  const user = (name: string) => join(paths.kubeconfigs, name);
  const own = (name: ComponentName, args: Record<string, string>, files: readonly string[]): ProcessSpec => ({
    name,
    command: join(binFolder, name),
    args: Object.entries(args).map(([flag, value]) => `--${flag}=${value}`),
    env: environment(config, binFolder),
    files,
  });
  return {
    etcd: own(
      "etcd",
      {
        "data-dir": paths.etcd,
        "listen-client-urls": etcdUrl,
        "advertise-client-urls": etcdUrl,
        "listen-peer-urls": "http://127.0.0.1:2380",
        "initial-advertise-peer-urls": "http://127.0.0.1:2380",
        "initial-cluster": "default=http://127.0.0.1:2380",
        // A write need not reach the disk before it is answered: a local cluster can be made again, and kill -9 of a
        // process loses nothing that it wrote. kind does the same.
        "unsafe-no-fsync": "true",
        // One member that votes for itself need not wait long for others.
        "heartbeat-interval": "100",
        "election-timeout": "500",
        "snapshot-count": "5000",
        "log-level": "warn",
      },
      [],
    ),
    containerd: {
      name: "containerd",
      command: "containerd",
      args: ["--config", paths.containerdConfig],
      env: environment(config, binFolder),
      files: [paths.containerdConfig],
    },
    "kube-apiserver": own(
      "kube-apiserver",
      {
        "advertise-address": config.nodeAddress,
        "allow-privileged": "true",
        "authorization-mode": "Node,RBAC",
        "bind-address": config.nodeAddress,
        "client-ca-file": pki("ca.crt"),
        "enable-admission-plugins": "NodeRestriction",
        "etcd-servers": etcdUrl,
        // The node's name is no host name that anything could resolve.
        "kubelet-preferred-address-types": "InternalIP",
        "kubelet-client-certificate": pki("kubelet-client.crt"),
        "kubelet-client-key": pki("kubelet-client.key"),
        profiling: "false",
        "secure-port": String(apiPort),
        "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
        "service-account-key-file": pki("service-account.pub"),
        "service-account-signing-key-file": pki("service-account.key"),
        "service-cluster-ip-range": config.serviceRange,
        "tls-cert-file": pki("apiserver.crt"),
        "tls-private-key-file": pki("apiserver.key"),
      },
      [
        pki("ca.crt"),
        pki("apiserver.crt"),
        pki("kubelet-client.crt"),
        pki("service-account.pub"),
        pki("service-account.key"),
      ],
    ),
    "kube-controller-manager": own(
      "kube-controller-manager",
      {
        "bind-address": "127.0.0.1",
        "cluster-signing-cert-file": pki("ca.crt"),
        "cluster-signing-key-file": pki("ca.key"),
        // Else it makes a folder under /usr/libexec.
        "flex-volume-plugin-dir": paths.kubeletVolumePlugins,
        kubeconfig: user("controller-manager"),
        // There is never a second one to take over, and a lease would have to run out after each kill.
        "leader-elect": "false",
        "node-monitor-period": "2s",
        profiling: "false",
        "root-ca-file": pki("ca.crt"),
        "service-account-private-key-file": pki("service-account.key"),
        "use-service-account-credentials": "true",
      },
      [user("controller-manager"), pki("ca.crt"), pki("service-account.key")],
    ),
    "kube-scheduler": own(
      "kube-scheduler",
      {
        "bind-address": "127.0.0.1",
        kubeconfig: user("scheduler"),
        "leader-elect": "false",
        profiling: "false",
      },
      [user("scheduler")],
    ),
    "kube-proxy": own(
      "kube-proxy",
      {
        "bind-address": config.nodeAddress,
        "cluster-cidr": config.podRange,
        // The limits of conntrack belong to the whole machine; without CAP_SYS_RESOURCE they cannot be changed at all.
        "conntrack-max-per-core": "0",
        "conntrack-tcp-timeout-established": "0",
        "conntrack-tcp-timeout-close-wait": "0",
        "hostname-override": config.name,
        "iptables-min-sync-period": "100ms",
        kubeconfig: user("proxy"),
        "metrics-bind-address": "127.0.0.1:10249",
        "proxy-mode": "iptables",
      },
      [user("proxy")],
    ),
    coredns: {
      name: "coredns",
      command: join(binFolder, "coredns"),
      args: ["-conf", paths.corefile],
      env: environment(config, binFolder),
      files: [paths.corefile, user("coredns")],
    },
    kubelet: own(
      "kubelet",
      {
        "cert-dir": join(paths.kubeletLink, "pki"),
        config: paths.kubeletConfig,
        "hostname-override": config.name,
        // Nothing here reads container metrics, and the kubelet spends most of its idle time on them.
        "housekeeping-interval": "60s",
        kubeconfig: user("kubelet"),
        "node-ip": config.nodeAddress,
        "root-dir": paths.kubeletLink,
      },
      [paths.kubeletConfig, user("kubelet"), pki("ca.crt")],
    ),
  };
}

/** Nothing of the caller's environment: a proxy variable in it would send calls of the API server to pods astray. */
function environment(config: NodeConfig, binFolder: string): Record<string, string> {
  return {
    HOME: config.stateFolder,
    PATH: [binFolder, "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].join(":"),
    // Collect garbage a little earlier than Go does: a third less memory for some CPU time at start.
    GOGC: "60",
  };
}
