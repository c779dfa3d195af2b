import { injectorKind, type MeshRevisions, meshRevisions, tagLabel } from "../lanes/revisions";
import type { ClusterObjects } from "../live/cluster-objects";
import type { LiveObject } from "../live/object";
import { istioNamespace } from "./root-namespace";

/** By what names the control planes of a cluster go. Whoever may not list webhooks still sees the revisions, and says so. */
export async function liveRevisions(
  cluster: Pick<ClusterObjects, "inNamespace" | "everywhere">,
): Promise<MeshRevisions> {
  const [deployments, services, injectors] = await Promise.all([
    cluster.inNamespace("deployments.apps", istioNamespace),
    unlessForbidden(cluster.inNamespace("services", istioNamespace)),
    unlessForbidden(cluster.everywhere(injectorKind, tagLabel)),
  ]);
  const labelsOf = (objects: readonly LiveObject[]) => objects.map(({ labels }) => labels);
  const { problem } = injectors;
  return meshRevisions({
    controlPlanes: labelsOf(deployments),
    services: labelsOf(services.objects),
    webhooks: labelsOf(injectors.objects),
    ...(problem !== undefined && { problem }),
  });
}

async function unlessForbidden(
  asked: Promise<readonly LiveObject[]>,
): Promise<{ readonly objects: readonly LiveObject[]; readonly problem?: string }> {
  try {
    return { objects: await asked };
  } catch (error) {
    // The line with kubectl's own words.
    const refusal = /^.*\bforbidden\b.*$/im.exec(error instanceof Error ? error.message : String(error))?.[0];
    if (refusal === undefined) throw error;
    return { objects: [], problem: refusal.trim() };
  }
}
