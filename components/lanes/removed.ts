import type { ProviderResource } from "@pulumi/pulumi";
import { checkFirst, observedObjects } from "../live/watch";
import { routesOfOthersStay } from "./named-subsets";
import { type RunService, removedGroups } from "./removal";

/**
 * What callers get of lane groups that the cluster has of this stack and the program no longer, while their services go on: one
 * warning for each such group, for `pulumi.log.warn`. Empty also where the cluster does not answer.
 *
 * @param provider of the mesh's objects; that of a cluster or mesh of this package, or of a `LaneGroup` with a kubeconfig.
 * @param kept names of the program's lane groups.
 * @param running services that run afterwards, with their versions.
 */
export async function removedGroupWarnings(
  provider: ProviderResource,
  kept: readonly string[],
  running: readonly RunService[],
): Promise<string[]> {
  // That a cluster does not answer is for the objects to say which are compared with it.
  const live = await observedObjects(provider)
    ?.then((cluster) => cluster?.all())
    .catch(() => undefined);
  return removedGroups(live ?? [], kept, running);
}

/**
 * Has the update refused, before anything is written, while routes of others name subsets of groups that go. For groups that stay
 * `LaneGroup` does so by itself.
 *
 * @param provider of the mesh's objects, as for {@link removedGroupWarnings}.
 * @param kept names of the program's lane groups.
 */
export function checkRemovedGroups(provider: ProviderResource, kept: readonly string[]): void {
  checkFirst(
    provider,
    routesOfOthersStay([], (group) => group !== "" && !kept.includes(group)),
  );
}
