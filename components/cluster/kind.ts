import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { PublishedPort } from "./cluster";
import { LocalCluster } from "./local-cluster";

export interface KindClusterArgs {
  /** Name of the kind cluster. */
  readonly clusterName: string;
  /** Ports of the gateway. Docker publishes a port when the cluster is made, so that a change makes a new cluster. */
  readonly gatewayPorts: readonly number[];
  /**
   * Version of Kubernetes, e.g. `1.35.4`; kind publishes a node image for most of them.
   * @default the one that the installed kind brings
   */
  readonly kubernetesVersion?: string;
}

/** A one-node cluster of kind (https://kind.sigs.k8s.io): Docker is needed, root is not. */
export class KindCluster extends LocalCluster {
  public constructor(name: string, args: KindClusterArgs, opts?: ComponentResourceOptions) {
    const ports = publishedPorts(args.gatewayPorts);
    super(
      "mesh-lanes:index:KindCluster",
      name,
      {
        kind: "kind",
        clusterName: args.clusterName,
        ports: ports.map(({ hostPort, nodePort }) => `${hostPort}:${nodePort}`),
        kubernetesVersion: args.kubernetesVersion,
        stockEnvoy: false,
        access: () => ({ kind: "hostPort", host: "127.0.0.1", ports }),
      },
      opts,
    );
  }
}

/** First port of Kubernetes' node port range that charts and people rarely pick: they like 30000 and 30080. */
const firstNodePort = 31080;
const firstUnprivilegedPort = 1024;

/**
 * The ports under which a laptop's own address serves those of the gateway: the same, but 80 becomes 8080 and 443
 * becomes 8443, because the low ones need rights or are taken.
 */
export function publishedPorts(gatewayPorts: readonly number[]): PublishedPort[] {
  return gatewayPorts.map((port, index) => ({
    port,
    nodePort: firstNodePort + index,
    hostPort: port < firstUnprivilegedPort ? port + 8000 : port,
  }));
}
