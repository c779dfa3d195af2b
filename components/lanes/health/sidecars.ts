import { shellCommand } from "../../shell";
import { selectorText } from "../labels";
import { namespacesOf } from "../spec";
import { versionLabels } from "../version-labels";
import { type Finding, listed, someOf } from "./finding";
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
  if (live.labels["istio-injection"] === "enabled" || live.labels["istio.io/rev"] !== undefined) {
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
  const pairs = Object.entries(view.planes(namespace)?.label ?? { "istio-injection": "enabled" });
  const labels = pairs.map(([key, value]) => `${key}=${value}`);
  const label = shellCommand("kubectl", "label", "namespace", namespace, ...labels, "--overwrite");
  const restart = shellCommand("kubectl", "rollout", "restart", "deployment", "-n", namespace);
  const without = bare.flatMap(({ pods }) => pods);
  return [
    {
      ...common,
      code: "ML011",
      severity: without.length > 0 ? "error" : "warning",
      lanes: without.length > 0 ? [...new Set(bare.flatMap(({ lanes }) => lanes))] : common.lanes,
      cause:
        without.length > 0
          ? `Namespace ${namespace} has no injection label, and ${someOf(without)} ${without.length === 1 ? "has" : "have"} no sidecar: what they call leaves the lane.`
          : `Namespace ${namespace} has no injection label: its pods have sidecars now, those made from now on get none.`,
      fix: `${label} && ${restart}`,
    },
  ];
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
