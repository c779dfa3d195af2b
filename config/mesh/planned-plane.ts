import type { PlannedPlane } from "../../components/lanes/health/view";
import { injectionLabel, planeOf, revisionName } from "../../components/mesh/control-planes";
import { gatewayNamespaces, workloadNamespaces } from "../ownership/namespaces";
import type { Sections } from "../stack";

/**
 * The control plane that the config has for a namespace of the stack. Of other namespaces it says nothing, nor of an Istio that somebody
 * else runs, where a revision may be a tag that stands for another.
 */
export function plannedPlane(
  { mesh, ...config }: Pick<Sections, "mesh" | "workloads" | "gateway" | "gateways">,
  namespace: string,
): PlannedPlane | undefined {
  if (mesh.kind !== "istio" || mesh.existing) return undefined;
  if (![...workloadNamespaces(config), ...gatewayNamespaces(config)].includes(namespace)) return undefined;
  const { revision } = planeOf(mesh, namespace);
  return { revision: revisionName(revision), label: injectionLabel(revision) };
}
