import * as pulumi from "@pulumi/pulumi";
import { restoring } from "../live/watch";
import type { Cluster } from "./cluster";

/** Options that say on which cluster a component is. */
export interface OnCluster extends pulumi.ComponentResourceOptions {
  readonly provider: pulumi.ProviderResource;
  readonly transformations: pulumi.ResourceTransformation[];
}

/**
 * Options for each component on a cluster: its provider, for the children too. What is there is compared with the program,
 * and what differs is written again.
 *
 * On a cluster of ours, everything goes with its provider: when the cluster is
 * removed, or made anew, nothing on it is deleted one by one. That would take minutes for nothing, and a Helm release
 * cannot be deleted at all when its cluster does not answer. What leaves the program while the cluster stays is deleted
 * as ever.
 */
export function onCluster({ disposable, provider }: Pick<Cluster, "disposable" | "provider">): OnCluster {
  const compared = restoring(provider);
  if (!disposable) return { provider, transformations: [compared] };
  const goWithProvider: pulumi.ResourceTransformation = ({ type, props, opts }) =>
    type.startsWith("kubernetes:") ? { props, opts: pulumi.mergeOptions(opts, { deletedWith: provider }) } : undefined;
  return { provider, transformations: [compared, goWithProvider] };
}
