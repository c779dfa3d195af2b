import * as pulumi from "@pulumi/pulumi";
import { sharedLabel } from "../live/object";
import { restoring } from "../live/watch";
import type { Cluster } from "./cluster";

/** Type of `ControlPlaneUse`: a process-backed resource that looks into the cluster when it is deleted. */
export const looksWhenDeleted = "pulumi-nodejs:dynamic:ControlPlaneUse";

/** Options that say on which cluster a component is. */
export interface OnCluster extends pulumi.ComponentResourceOptions {
  readonly provider: pulumi.ProviderResource;
  readonly transformations: pulumi.ResourceTransformation[];
}

/**
 * Options for each component on a cluster: its provider, for the children too. Existing objects are compared with the program,
 * and what differs is written again.
 *
 * On a cluster that stays, so do its namespaces, since others may have put things into them, and what other stacks may use.
 *
 * On a cluster of ours, everything goes with its provider: when the cluster is
 * removed, or recreated, nothing on it is deleted one by one. That would take minutes for nothing, and a Helm release
 * cannot be deleted at all when its cluster does not answer. What leaves the program while the cluster stays is deleted
 * as ever.
 */
export function onCluster({ disposable, provider }: Pick<Cluster, "disposable" | "provider">): OnCluster {
  const compared = restoring(provider);
  if (!disposable) return { provider, transformations: [compared, leaveToOthers] };
  const goWithProvider: pulumi.ResourceTransformation = ({ type, props, opts }) =>
    type.startsWith("kubernetes:") || type === looksWhenDeleted
      ? { props, opts: pulumi.mergeOptions(opts, { deletedWith: provider }) }
      : undefined;
  return { provider, transformations: [compared, goWithProvider] };
}

/**
 * Options for what goes to one of a stack's API servers, the cluster's or the mesh's own, under a component that is not on the
 * cluster itself.
 */
export function onApi(
  { disposable }: Pick<Cluster, "disposable">,
  provider: pulumi.ProviderResource,
): Pick<OnCluster, "provider" | "transformations"> {
  const compared = restoring(provider);
  return { provider, transformations: disposable ? [compared] : [compared, leaveToOthers] };
}

/** Deleting a namespace deletes all that is in it, whoever made it. */
const leaveToOthers: pulumi.ResourceTransformation = ({ type, props, opts }) => {
  const labels: Readonly<Record<string, unknown>> | undefined = props.metadata?.labels;
  const stays = type === "kubernetes:core/v1:Namespace" || labels?.[sharedLabel] !== undefined;
  return stays ? { props, opts: pulumi.mergeOptions(opts, { retainOnDelete: true }) } : undefined;
};
