import { Namespace, NamespacePatch } from "@pulumi/kubernetes/core/v1";
import type { CustomResourceOptions, ProviderResource, Resource } from "@pulumi/pulumi";
import { sidecarFilters } from "../lanes/istio/proxy-filters";
import { injectedBy, olderLabel, revisionLabel, revisionOf } from "../lanes/revisions";
import { createSharedFilter } from "../lanes/shared-filter";
import type { Check } from "../live/gate";
import type { Texts } from "../live/object";
import { checkFirst, suggest } from "../live/watch";
import { liveRevisions } from "../mesh/live-revisions";
import { shellCommand } from "../shell";

/**
 * A namespace for workloads with lanes. `default` is there on every cluster, so it only gets the labels.
 *
 * @param labels what tells the mesh to give its pods a sidecar.
 * @param opts parent, provider, and the mesh in `dependsOn`.
 */
export function laneNamespace(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  opts: CustomResourceOptions,
): Resource {
  if (namespace === "default") {
    return new NamespacePatch(name, { metadata: { name: namespace, labels } }, opts);
  }
  suggest(
    `Namespace ${namespace}`,
    "Add its name to mesh-lanes:existingNamespaces, to run there and leave it as it is",
  );
  return new Namespace(name, { metadata: { name: namespace, labels } }, opts);
}

/**
 * What lanes need in the sidecars of a namespace on upstream Istio. Made with the namespace, before its first pod, so that lane
 * groups come and go without a change of any listener; a `LaneGroup` that finds none in its program makes it.
 *
 * @param opts parent, provider, and the namespace and the mesh in `dependsOn`.
 * @example laneFilters("filters-shop", "shop", { provider, dependsOn: [namespace, mesh] });
 */
export function laneFilters(name: string, namespace: string, opts: CustomResourceOptions): Resource {
  return createSharedFilter(name, sidecarFilters(namespace), opts);
}

/**
 * Has a namespace looked up that this program leaves as it is, before anything is written to its cluster: that it exists, and has
 * the labels without which pods get no sidecar.
 *
 * @param provider of the cluster; that of a cluster of this package.
 * @param pods whether the program runs any there.
 * @param otherwise what else can be done where the labels differ, as a sentence.
 */
export function expectNamespace(
  provider: ProviderResource,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  pods: boolean,
  otherwise?: string,
): void {
  checkFirst(provider, namespaceAsItIs(namespace, labels, pods, otherwise));
}

/**
 * What a namespace must have that this program leaves as it is: pods of an unlabelled one get no sidecar, and their lanes end
 * there.
 */
function namespaceAsItIs(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  pods: boolean,
  otherwise: string | undefined,
): Check {
  return async (cluster) => {
    const path = `Namespace ${namespace}`;
    const live = await cluster.find("Namespace", "", namespace);
    if (!live) {
      const fix = `Create it, or remove it from mesh-lanes:existingNamespaces to have this stack make it.`;
      return [{ path, got: "it does not exist", expected: "a namespace that somebody else has made", fix }];
    }
    const missing = Object.entries(labels).filter(([key, value]) => live.labels[key] !== value);
    const hides = revisionLabel in labels && live.labels[olderLabel] !== undefined;
    if (!pods || (missing.length === 0 && !hides)) return [];
    if (await isSamePlane(cluster, live.labels, labels)) return [];
    const pairs = [...(hides ? [`${olderLabel}-`] : []), ...missing.map(([key, value]) => `${key}=${value}`)];
    const overwrite = missing.some(([key]) => live.labels[key] !== undefined) ? ["--overwrite"] : [];
    const command = shellCommand("kubectl", "label", "namespace", namespace, ...pairs, ...overwrite);
    const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const got = hides
      ? `it has the label ${olderLabel}=${live.labels[olderLabel]}, which Istio takes before ${revisionLabel}, and this stack leaves it as it is`
      : `it does not have the label ${shown.join(" ")}, so new pods there get no sidecar of that control plane, and this stack leaves it as it is`;
    const expected = `the label ${shown.join(" ")}${hides ? `, and not ${olderLabel}` : ""}`;
    const fix = `Run \`${command}\`, or add "${path}" to mesh-lanes:adopt.`;
    return [{ path, got, expected, fix: otherwise === undefined ? fix : `${fix} ${otherwise}` }];
  };
}

/** Whether both lead to one control plane, by other names: a revision, and a tag that stands for it. */
async function isSamePlane(
  cluster: Parameters<typeof liveRevisions>[0],
  live: Texts,
  wanted: Readonly<Record<string, string>>,
): Promise<boolean> {
  const names = [injectedBy(live), injectedBy(wanted)];
  if (names.includes(undefined)) return false;
  // Whoever may not look is told of the label, as where nothing stands for another.
  const known = await liveRevisions(cluster).catch(() => undefined);
  if (!known) return false;
  const [one, other] = names.map((name) => name && revisionOf(name, known));
  return one !== undefined && one === other;
}
