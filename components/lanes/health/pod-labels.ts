import { isRecord } from "../../../tools/values";
import { selectorText, selects } from "../labels";
import { podLabelsBySelector, servicePodLabels } from "../object";
import type { LaneService } from "../spec";
import { versionKeys } from "../version-labels";
import { type Finding, someOf } from "./finding";
import { allLanes, type GroupView, liveService, membersOf } from "./view";

/** Objects that are for the pods of one service: a selector that fits none of them is valid, and does nothing. */
export function checkPodLabels(view: GroupView): Finding[] {
  const sought = new Set(
    view.objects.flatMap(({ metadata, spec }) => {
      const labels = isRecord(spec.workloadSelector) ? spec.workloadSelector.labels : undefined;
      return isRecord(labels) ? [placeText(metadata.namespace, labels)] : [];
    }),
  );
  return view.group.services.flatMap((service): Finding[] => {
    const labels = servicePodLabels(service);
    if (!sought.has(placeText(service.namespace, labels))) return [];
    const { pods } = membersOf(view, service);
    const left = pods.filter((pod) => !selects(labels, pod.labels)).map(({ name }) => name);
    if (left.length === 0) return [];
    const fails = service.http2 === "upgrade";
    const follows = [
      ...(fails ? ["their WebSockets over HTTP/2 fail with 503"] : []),
      ...(view.group.scope ? ["they are sent the config of the whole mesh"] : []),
      ...(view.group.scope && view.group.services.some(({ fallback }) => fallback)
        ? ["their calls have no runtime fallback"]
        : []),
    ];
    return [
      {
        code: "ML065",
        severity: fails ? "error" : "warning",
        group: view.group.name,
        lanes: allLanes(view),
        service: service.name,
        cause: `Objects of the group select pods of ${service.name} by ${selectorText(labels)}, which ${someOf(left)} ${left.length === 1 ? "does" : "do"} not have: ${follows.join("; ")}.`,
        fix: fixOf(view, service),
      },
    ];
  });
}

function placeText(namespace: string, labels: Readonly<Record<string, unknown>>): string {
  return `${namespace}/${selectorText(labels)}`;
}

/** What all of the pods have: the selector of the Service, or the default. */
function fixOf(view: GroupView, service: LaneService): string {
  const { name } = service;
  const of = `the service ${name} of the lane group`;
  const selector = liveService(view, service)?.selector ?? {};
  const proposed = podLabelsBySelector(service, selector, versionKeys(view.group, service));
  if (proposed) return `Write labels: ${JSON.stringify(proposed)} on ${of}, then npx lanes up.`;
  const usual = servicePodLabels({ name });
  return service.labels && membersOf(view, service).pods.every((pod) => selects(usual, pod.labels))
    ? `Remove labels of ${of}: its pods have ${selectorText(usual)}. Then npx lanes up.`
    : `Write labels that all pods of ${name} have as labels of ${of}, then npx lanes up.`;
}
