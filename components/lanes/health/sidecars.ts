import { shellCommand } from "../../shell";
import { selectorText } from "../labels";
import { defaultRevision, injectedBy, olderLabel, revisionOf, revisionsInWords } from "../revisions";
import { namespacesOf } from "../spec";
import { versionLabels } from "../version-labels";
import { type Finding, listed, someOf } from "./finding";
import { restartAllCommand } from "./restart-command";
import { allLanes, type GroupView, lanesOfPods, membersOf, rowsOf } from "./view";

const sidecarContainer = "istio-proxy";

/**
 * Whether the group's namespaces are there and give their pods sidecars, and whether they have them. A pod without one neither
 * routes by lane as a caller nor tells its lane by its label.
 */
export function checkSidecars(view: GroupView): Finding[] {
  return namespacesOf(view.group).flatMap((namespace) => checkNamespace(view, namespace));
}

function checkNamespace(view: GroupView, namespace: string): Finding[] {
  const live = view.facts.namespaces.find((candidate) => candidate.name === namespace);
  const common = { group: view.group.name, lanes: allLanes(view) };
  if (!live) {
    const cause = `Namespace ${namespace} does not exist, so neither do the group's services.`;
    const fix = "Correct namespace in the lane group, or bring the stack up: npm start.";
    return [{ ...common, code: "ML012", severity: "error", cause, fix }];
  }
  const bare = barePods(view, namespace);
  const injector = injectedBy(live.labels);
  const unknown = injector !== undefined && isUnknown(view, injector);
  if (injector !== undefined && !unknown) {
    return bare.map(({ service, lanes, pods }) => ({
      code: "ML010",
      severity: lanes.length > 0 ? "error" : "warning",
      group: view.group.name,
      lanes,
      service,
      cause: `${someOf(pods)} of ${service} ${pods.length === 1 ? "has" : "have"} no ${sidecarContainer} container, so what ${pods.length === 1 ? "it calls leaves" : "they call leaves"} the lane, now and then where other pods of the version have one.`,
      fix: `Remove sidecar.istio.io/inject: "false" from the pod template if it is set, then replace the pods: ${shellCommand("kubectl", "delete", "pod", "-n", namespace, ...pods)}`,
    }));
  }
  const pairs = Object.entries(view.planes(namespace)?.label ?? { [olderLabel]: "enabled" });
  // Where it has the older one, Istio does not look at the other.
  const hides = live.labels[olderLabel] !== undefined && pairs.every(([key]) => key !== olderLabel);
  const labels = [...(hides ? [`${olderLabel}-`] : []), ...pairs.map(([key, value]) => `${key}=${value}`)];
  const label = shellCommand("kubectl", "label", "namespace", namespace, ...labels, "--overwrite");
  const restart = restartAllCommand(namespace, view.facts.workloads);
  const without = bare.flatMap(({ pods }) => pods);
  const is = unknown
    ? `is labelled for ${injector}, which is neither a revision nor a tag of a control plane (${revisionsInWords(view.facts.revisions)})`
    : "has no injection label";
  return [
    {
      ...common,
      code: "ML011",
      severity: without.length > 0 ? "error" : "warning",
      lanes: without.length > 0 ? [...new Set(bare.flatMap(({ lanes }) => lanes))] : common.lanes,
      cause:
        without.length > 0
          ? `Namespace ${namespace} ${is}, and ${someOf(without)} ${without.length === 1 ? "has" : "have"} no sidecar: what they call leaves the lane.`
          : `Namespace ${namespace} ${is}: its pods have sidecars now, those made from now on get none.`,
      fix: `${label} && ${restart}`,
    },
  ];
}

/** Whether no control plane goes by the name. Nobody knows where one may be that was not read. */
function isUnknown({ facts }: GroupView, name: string): boolean {
  const { revisions } = facts;
  const all = revisions.problem === undefined && revisions.revisions.length > 0;
  return all && name !== defaultRevision && revisionOf(name, revisions) === undefined;
}

function barePods(view: GroupView, namespace: string) {
  return view.group.services.flatMap((service) => {
    if (service.namespace !== namespace) return [];
    const { name } = service;
    const bare = membersOf(view, service).pods.filter((pod) => !pod.containers.includes(sidecarContainer));
    const lanes = lanesOfPods(view, service, bare);
    return bare.length > 0 ? [{ service: name, lanes: [...new Set(lanes)], pods: bare.map((pod) => pod.name) }] : [];
  });
}

/** Lanes of a strict group that share pods of a service: allowed, and seldom meant. */
export function checkSharedPods(view: GroupView): Finding[] {
  if (view.group.mode !== "strict") return [];
  return view.group.services.flatMap((service) =>
    service.versions.flatMap((version): Finding[] => {
      const { name } = service;
      const lanes = rowsOf(view, name, version).map((row) => row.lane);
      if (lanes.length < 2) return [];
      const labels = versionLabels(view.group, service, version);
      const are = Object.keys(labels).length > 1 ? "are the labels" : "is the label";
      return [
        {
          code: "ML080",
          severity: "note",
          group: view.group.name,
          lanes,
          service: name,
          cause: `Lanes ${listed(lanes)} share the pods of ${name} ${version}: ${selectorText(labels)} ${are} of each.`,
          fix: `Nothing, if that is meant; else give one of them a version of its own of ${name}.`,
        },
      ];
    }),
  );
}
