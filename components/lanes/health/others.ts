import { texts } from "../../../tools/values";
import { isOfLanes } from "../object";
import { namespacesOf } from "../spec";
import type { IstioFact } from "./facts";
import type { GroupView } from "./view";

/*
 * Objects of the mesh that this project has not written.
 */

/** Whether sidecars of some namespace of the group see the object. */
export function reaches(view: GroupView, { namespace, spec }: Pick<IstioFact, "namespace" | "spec">): boolean {
  const gateways = texts(spec.gateways);
  if (gateways.length > 0 && !gateways.includes("mesh")) return false;
  const exported = texts(spec.exportTo);
  if (exported.length === 0 || exported.includes("*")) return true;
  return namespacesOf(view.group).some(
    (own) => exported.includes(own) || (exported.includes(".") && namespace === own),
  );
}

/** Whether an object is the plan's, or that of another group. */
export function isPlanned(view: GroupView, other: IstioFact): boolean {
  // Objects of other groups are judged with their group, or as leftovers.
  if (isOfLanes(other)) return true;
  return view.objects.some(
    ({ kind, metadata }) =>
      kind === other.kind && metadata.namespace === other.namespace && metadata.name === other.name,
  );
}
