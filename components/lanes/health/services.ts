import { shellCommand } from "../../shell";
import { selects } from "../labels";
import { servicePodLabels } from "../object";
import { byPort } from "../ports";
import { istioProtocol } from "../protocol";
import type { LaneService } from "../spec";
import { versionOfPod } from "../version-labels";
import type { ServiceFact } from "./facts";
import { type Finding, someOf } from "./finding";
import { allLanes, expectedMembers, type GroupView, liveService } from "./view";

/** The Service objects: there, with the port as HTTP, over all versions' pods. */
export function checkServices(view: GroupView): Finding[] {
  return view.group.services.flatMap((service) => {
    const common = { group: view.group.name, lanes: allLanes(view), service: service.name };
    const { namespace } = service;
    const live = liveService(view, service);
    if (!live) {
      const cause = `There is no Service ${namespace}/${service.name}: its name does not resolve, and requests to it fail.`;
      const fix = `Declare ${service.name} under workloads and run npx lanes up, or correct its name or namespace in the lane group.`;
      return [{ ...common, code: "ML020", severity: "error", cause, fix }];
    }
    const ports = byPort(service).flatMap((atPort) => checkPort(atPort, live, common));
    return [...ports, ...checkSelector(view, service, live, common)];
  });
}

type Common = Pick<Finding, "group" | "lanes" | "service">;

function checkPort(service: LaneService, live: ServiceFact, common: Common): Finding[] {
  const at = `Service ${live.namespace}/${live.name}`;
  const port = live.ports.find((candidate) => candidate.port === service.port);
  if (!port) {
    const has = live.ports.map((candidate) => candidate.port).join(", ") || "none";
    return [
      {
        ...common,
        code: "ML021",
        severity: "error",
        cause: `${at} has no port ${service.port} (it has ${has}): the lanes' routes lead to a cluster that does not exist, which gives 503.`,
        fix: `Set port: ${live.ports[0]?.port ?? service.port} of ${service.name} in the lane group, or add the port to the Service.`,
      },
    ];
  }
  const { kind, layer } = istioProtocol({ ...port, transport: port.protocol });
  if (kind === "http") return [];
  const told = port.appProtocol !== undefined ? `appProtocol ${port.appProtocol}` : `name ${port.name ?? "(none)"}`;
  const fix = `Name the port http, or with http- in front (workloads: portName), on ${at}.`;
  if (kind === "detected") {
    const cause = `Port ${service.port} of ${at} has the ${told}, which tells Istio no protocol: it guesses from the first bytes, and a guess that fails leaves the lane.`;
    return [{ ...common, code: "ML022", severity: "warning", cause, fix }];
  }
  const cause = `Port ${service.port} of ${at} has the ${told}: for Istio that is ${layer}, so no route by header or source is looked at and requests leave their lane.`;
  return [{ ...common, code: "ML022", severity: "error", cause, fix }];
}

function checkSelector(view: GroupView, service: LaneService, live: ServiceFact, common: Common): Finding[] {
  const at = `Service ${live.namespace}/${live.name}`;
  const members = expectedMembers(view, service);
  const left = members.pods.filter((pod) => !selects(live.selector, pod.labels));
  if (left.length === 0) return [];
  const selector = Object.entries(live.selector).map(([key, value]) => `${key}=${value}`);
  const versions = [...new Set(left.map((pod) => versionOfPod(view.group, service, pod.labels)))];
  const rows = view.plan.rows.filter((row) => row.service === service.name && versions.includes(row.version));
  const fix = shellCommand(
    ...["kubectl", "patch", "service", "-n", live.namespace, live.name, "--type=merge"],
    ...["--patch", `{"spec":{"selector":${replacement(live, service)}}}`],
  );
  const names = someOf(left.map((pod) => pod.name));
  const written = selector.join(", ") || "nothing";
  if (left.length === members.pods.length) {
    const cause = `${at} selects ${written}, which no pod has (${names} do not): requests to it fail with 503.`;
    return [{ ...common, code: "ML023", severity: "error", cause, fix }];
  }
  const cause = `${at} selects ${written}, which leaves out ${names}: the lanes with their version have fewer pods, or none.`;
  const lanes = [...new Set(rows.map((row) => row.lane))];
  return [{ ...common, lanes, code: "ML024", severity: lanes.length > 0 ? "error" : "warning", cause, fix }];
}

/** A merge patch keeps keys that it does not name, so those of the wrong selector are set to null. */
function replacement(live: ServiceFact, service: LaneService): string {
  const gone = Object.keys(live.selector).map((key) => [key, null] as const);
  return JSON.stringify({ ...Object.fromEntries(gone), ...servicePodLabels(service) });
}
