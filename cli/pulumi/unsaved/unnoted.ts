import { ClusterObjects } from "../../../components/live/cluster-objects";
import { resourceOf } from "../../../components/live/kinds";
import type { RunKubectl } from "../../../components/live/kubectl";
import { type LiveObject, madeAnnotation, sharedLabel } from "../../../components/live/object";
import { stateObjects } from "../../../components/live/state";
import type { StateDeployment } from "../pending";

/** An object that an update has made, and that no state knows: the update was killed before it saved its state. */
export type Unnoted = Pick<LiveObject, "kind" | "namespace" | "name" | "labels">;

/**
 * The objects that this stack has made since a time and that its state does not know.
 *
 * What carries the label of the stack and was taken out of the state by hand is older than the last state that was saved, and so
 * is not among them. A namespace is not, either, which may hold objects of others, and what stacks share: another may use it now.
 *
 * @param deployment the state, as it was exported.
 * @param stack value of the stack's label.
 */
export async function unnoted(
  deployment: StateDeployment,
  stack: string,
  since: Date,
  kubectl: RunKubectl,
): Promise<Unnoted[]> {
  const known = stateObjects({ deployment });
  const live = await new ClusterObjects(kubectl, stack).all();
  return live.filter(
    ({ kind, uid, labels, annotations }) =>
      kind !== "Namespace" &&
      labels[sharedLabel] === undefined &&
      !known.has(uid) &&
      Date.parse(annotations[madeAnnotation] ?? "") >= since.getTime(),
  );
}

/** Proxies must know no route that leads to them: see `waitForProxies`. */
export async function deleteObjects(objects: readonly Unnoted[], kubectl: RunKubectl): Promise<void> {
  for (const { kind, namespace, name } of objects) {
    const where = namespace === "" ? [] : ["--namespace", namespace];
    await kubectl(["delete", resourceOf(kind), name, ...where, "--ignore-not-found"]);
  }
}
