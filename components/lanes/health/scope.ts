import { isRecord } from "../../../tools/values";
import { selects } from "../labels";
import { servicePodLabels } from "../object";
import { deleteCommand } from "./delete-command";
import { differences } from "./difference";
import { type Finding, restorePlan, someOf } from "./finding";
import { allLanes, type GroupView, liveObject, objectKey } from "./view";

/** The Sidecars of a scoped group, and others that are for its pods. */
export function checkScope(view: GroupView): Finding[] {
  const planned = view.objects.filter((object) => object.kind === "Sidecar");
  const own = new Set(planned.map((object) => objectKey(object.kind, object.metadata)));
  const found = planned.flatMap((object): Finding[] => {
    const name = `${object.metadata.namespace}/${object.metadata.name}`;
    const common = { group: view.group.name, lanes: allLanes(view), fix: restorePlan };
    const live = liveObject(view, object);
    if (!live) {
      const cause = `There is no Sidecar ${name}: its pods are sent the config of the whole mesh.`;
      return [{ ...common, code: "ML062", severity: "warning", cause }];
    }
    const changes = differences(object.spec, live.spec);
    if (changes.length === 0) return [];
    const cause = `Sidecar ${name} was changed: ${someOf(changes)}. Calls to what it leaves out go past their lanes.`;
    return [{ ...common, code: "ML063", severity: "error", cause }];
  });
  if (!view.group.scope) return found;
  for (const other of view.facts.istio) {
    if (other.kind !== "Sidecar" || own.has(objectKey("Sidecar", other))) continue;
    const service = view.group.services.find(
      (candidate) =>
        candidate.namespace === other.namespace && selects(labelsOf(other.spec), servicePodLabels(candidate)),
    );
    if (!service) continue;
    // https://istio.io/latest/docs/reference/config/networking/sidecar/: undefined with more than one for a workload.
    found.push({
      ...{ group: view.group.name, service: service.name, lanes: allLanes(view), code: "ML064", severity: "warning" },
      cause: `Sidecar ${other.namespace}/${other.name} is for the pods of ${service.name} too, and Istio does not say which of the two they get.`,
      fix: `${deleteCommand("sidecars.networking.istio.io", other)}, or take scope off the group.`,
    });
  }
  return found;
}

function labelsOf(spec: Readonly<Record<string, unknown>>): Record<string, string> {
  const labels = isRecord(spec.workloadSelector) ? spec.workloadSelector.labels : undefined;
  if (!isRecord(labels)) return {};
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}
