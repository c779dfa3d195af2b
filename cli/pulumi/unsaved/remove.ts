import { kubectlWith } from "../../../components/live/kubectl";
import { istioNamespace } from "../../../components/mesh/root-namespace";
import { groupLabel } from "../../../tools/mesh/group-label";
import { waitForProxies } from "../../../tools/mesh/wait-for-proxies";
import type { Reporter } from "../../../tools/report/reporter";
import type { StateDeployment } from "../pending";
import { deleteObjects, unnoted } from "./unnoted";

/** Seconds that proxies are given for routes that lead elsewhere, where nobody can be asked. */
const blindSeconds = 5;

/** Where a killed update may have made objects. */
export interface KilledUpdate {
  /** The state now. */
  readonly deployment: StateDeployment;
  /** Value of the stack's label. */
  readonly label: string;
  /** When it began. */
  readonly since: Date;
  /** Kubeconfigs as text. */
  readonly clusters: readonly string[];
}

/** Deletes what a killed update has made, what its state does not know, and what the update after it did not want. */
export async function removeUnnoted(killed: KilledUpdate, reporter: Reporter): Promise<void> {
  for (const kubeconfig of killed.clusters) {
    const kubectl = kubectlWith(kubeconfig);
    const objects = await unnoted(killed.deployment, killed.label, killed.since, kubectl);
    if (objects.length === 0) continue;
    const names = objects.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
    reporter.note(`an update was killed that had made ${names.join(", ")}: they are deleted, as no config has them`);
    // The routes that led to them have just been written over.
    const groups = [...new Set(objects.flatMap(({ labels }) => labels[groupLabel] ?? []))];
    await waitForProxies({ kubeconfig, groups, namespace: istioNamespace, blindSeconds }, reporter);
    await deleteObjects(objects, kubectl);
  }
}
