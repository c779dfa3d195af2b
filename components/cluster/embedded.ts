import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { LocalCluster } from "./local-cluster";

export interface EmbeddedClusterArgs {
  /** Name of the node: 2 to 14 characters, a-z, 0-9 and `-`. */
  readonly clusterName: string;
}

/**
 * A real one-node Kubernetes in a network namespace of this machine: Linux, root, no Docker. The gateway takes its
 * ports on the node's own address, so that no port of the host is used.
 */
export class EmbeddedCluster extends LocalCluster {
  public constructor(name: string, args: EmbeddedClusterArgs, opts?: ComponentResourceOptions) {
    super(
      "mesh-lanes:index:EmbeddedCluster",
      name,
      {
        kind: "embedded",
        clusterName: args.clusterName,
        ports: [],
        stockEnvoy: true,
        access: (address) => ({ kind: "externalIp", address }),
      },
      opts,
    );
  }
}
