import type { ProviderResource } from "@pulumi/pulumi";
import type { LaneGroup } from "../lanes/spec";
import { type LiveObject, stackLabel } from "../live/object";
import { observedObjects } from "../live/watch";

/** Workloads of others in a namespace, each as `Deployment name`. */
export interface ForeignWorkloads {
  readonly namespace: string;
  readonly workloads: readonly string[];
}

const workloadKinds = "deployments.apps,statefulsets.apps,daemonsets.apps";

/**
 * Whom policies of whole namespaces hold for besides this stack: calls to and from them that no rule allows are refused. Empty
 * also where the cluster does not answer.
 *
 * @param provider of the cluster; that of a cluster of this package.
 * @param namespaces that are secured as a whole.
 * @param groups whose services count as known, whoever runs them.
 */
export async function foreignWorkloads(
  provider: ProviderResource,
  namespaces: readonly string[],
  groups: readonly LaneGroup[],
): Promise<ForeignWorkloads[]> {
  // That a cluster does not answer is for the objects to say which are compared with it.
  const cluster = await observedObjects(provider)?.catch(() => undefined);
  if (!cluster) return [];
  const all: ForeignWorkloads[] = [];
  for (const namespace of namespaces) {
    const found = await cluster.inNamespace(workloadKinds, namespace).catch(() => []);
    const workloads = foreignAmong(namespace, found, groups);
    if (workloads.length > 0) all.push({ namespace, workloads });
  }
  return all;
}

/** @param found workloads of the namespace. */
export function foreignAmong(namespace: string, found: readonly LiveObject[], groups: readonly LaneGroup[]): string[] {
  const services = groups.flatMap((group) => group.services.filter((service) => service.namespace === namespace));
  const ours = new Set(services.map(({ name }) => name));
  const others = found.filter(({ labels }) => labels[stackLabel] === undefined && !ours.has(labels.app ?? ""));
  return others.map(({ kind, name }) => `${kind} ${name}`);
}
