import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster";

/**
 * Lets everything on a cluster of ours go with its provider: when the cluster is removed, or made anew, nothing on it
 * is deleted one by one. That would take minutes for nothing, and a Helm release cannot be deleted at all when its
 * cluster does not answer. What leaves the program while the cluster stays is deleted as ever.
 *
 * Call it before the first resource on the cluster is made.
 */
export function goWithCluster(cluster: Pick<Cluster, "provider">): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type.startsWith("kubernetes:")
      ? { props, opts: pulumi.mergeOptions(opts, { deletedWith: cluster.provider }) }
      : undefined,
  );
}
