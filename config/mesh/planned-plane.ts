import type { PlannedPlane } from "../../components/lanes/health/view";
import { type MeshRevisions, revisionOf } from "../../components/lanes/revisions";
import { injectionLabel, planeOf, revisionName } from "../../components/mesh/control-planes";
import { gatewayNamespaces, workloadNamespaces } from "../ownership/namespaces";
import type { Sections } from "../stack";

/**
 * The control plane that the config has for a namespace. Whose namespace is not the stack's may have another: of that one only the
 * label is told, which its pods would get sidecars by.
 *
 * @param known names of the control planes that are there: of an Istio that somebody else runs, a revision may be a tag that stands
 * for another, and `default` too.
 */
export function plannedPlane(
  { mesh, ...config }: Pick<Sections, "mesh" | "workloads" | "gateway" | "gateways">,
  namespace: string,
  known: MeshRevisions,
): PlannedPlane | undefined {
  if (mesh.kind !== "istio") return undefined;
  const { revision } = planeOf(mesh, namespace);
  const name = revisionName(revision);
  const plane = { name, label: injectionLabel(revision) };
  if (![...workloadNamespaces(config), ...gatewayNamespaces(config)].includes(namespace)) return plane;
  const found = mesh.existing ? revisionOf(name, known) : name;
  return { ...plane, ...(found !== undefined && { revision: found }) };
}
