import { isDeepStrictEqual } from "node:util";
import { asRecord, texts } from "../../tools/values";
import { selectorText } from "../lanes/labels";
import type { LaneGroupInput } from "../lanes/spec";
import { subsetName } from "../lanes/subset";
import type { TakenPolicies } from "./entries/policies";
import type { Findings } from "./finding";
import type { Inventory } from "./inventory";
import type { ProposedService } from "./proposal";
import { findGatewayRoutes, type MeshRoute, nameOf, type ServiceRules } from "./routes";
import { checkSidecars } from "./sidecars";
import { labelsIn } from "./told-versions";

export interface Existing {
  readonly services: readonly ProposedService[];
  readonly group: LaneGroupInput;
  readonly meshRoutes: readonly MeshRoute[];
  readonly rules: readonly ServiceRules[];
  readonly inventory: Inventory;
  /** What of their timeouts and retries the group has. */
  readonly policies: TakenPolicies;
}

/** Objects of others that route the same hosts. None is changed: whoever reads this decides. */
export function existingRoutes(findings: Findings, existing: Existing): void {
  const { services, group, meshRoutes, policies } = existing;
  for (const { object, services: routed, does } of meshRoutes) {
    const ours = services.filter(({ service }) => routed.includes(service)).map(({ service }) => service.name);
    if (ours.length === 0) continue;
    const names = ours.join(", ");
    const spared = ours.filter((name) => name !== group.entry.service);
    const otherwise =
      spared.length > 0
        ? `leave it and import with --without ${spared.join(" --without ")}`
        : "leave it: requests from the lanes' gateway find their lane, and calls of other services go on as today";
    const taken = policies.get(object);
    const written = taken === undefined ? "" : ` (${taken} are there already)`;
    findings.add(
      "decide",
      nameOf(object),
      `it routes calls to ${names} already (${does})`,
      "one object that routes a host: sidecars follow the older of two, so lanes take no effect there, and requests go on as today (ML042)",
      `Delete it when the lanes take over, with what it does written into the lane group${written}; or ${otherwise}.`,
    );
  }
  checkGateway(findings, existing);
  checkRules(findings, existing);
  checkControllers(findings, existing);
  checkSidecars(findings, services, group, existing.inventory);
}

/** Istio joins the routes of one gateway and host, the older object's first. */
function checkGateway(findings: Findings, { group, inventory }: Existing): void {
  const { gateway, hosts = ["*"] } = group.entry;
  for (const { object, hosts: theirs, does } of findGatewayRoutes(inventory, gateway)) {
    const shared = theirs.filter((host) => hosts.some((own) => own.toLowerCase() === host.toLowerCase()));
    if (shared.length === 0) continue;
    findings.add(
      "decide",
      nameOf(object),
      `it routes ${shared.join(", ")} at gateway ${gateway} already (${does})`,
      "one object that routes a host at a gateway: the older one's routes come first, and what they take is in no lane (ML045)",
      "Give lanes a host of their own in entry.hosts, narrow its paths, or delete it when the lanes take over.",
    );
  }
}

/** Subsets of one host merge; of one name the first counts. */
function checkRules(findings: Findings, { services, group, rules }: Existing): void {
  for (const { object, service, subsets } of rules) {
    const ours = services.find((each) => each.service === service);
    if (!ours) continue;
    findings.add(
      "note",
      nameOf(object),
      `subsets ${subsets.map(({ name }) => name).join(", ") || "none"} of ${service.name}, and what it says of connections, stay`,
      "rules of one host, which Istio joins",
      "Nothing to do: those of the lanes are added.",
    );
    if (ours.told.left?.rule === nameOf(object)) {
      findings.add(
        "decide",
        nameOf(object),
        ours.told.left.got,
        "subsets of which each pod of the service is in one: the proposal tells its versions by one label",
        "Write versions and versionLabels of the service as they are to be (docs/labels.md).",
      );
    }
    for (const { name, labels } of subsets) {
      const version = ours.versions.versions.find((each) => subsetName(each) === name);
      if (version === undefined) continue;
      const wanted = labelsIn(version, ours.told);
      if (isDeepStrictEqual(labels, wanted)) continue;
      findings.add(
        "decide",
        nameOf(object),
        `subset ${name} of ${service.name} selects ${selectorText(labels)}, and that of the lanes selects ${selectorText(wanted)}`,
        "subsets of one name that select the same pods: the older one counts",
        "Give that subset another name, in its rule and in the routes that name it.",
      );
    }
    if (object.namespace !== (group.namespace ?? "default")) {
      findings.add(
        "decide",
        nameOf(object),
        `it is about ${service.name}, and is in another namespace than the group's objects`,
        "rules of a host in the namespace of its service: others are followed by some callers only",
        "Move it there, or delete it.",
      );
    }
  }
}

/** Whoever writes weights into routes by itself goes on doing so. */
function checkControllers(findings: Findings, { inventory, group }: Existing): void {
  for (const { kind, api, namespace, name, spec } of inventory.others) {
    const istio = asRecord(asRecord(asRecord(asRecord(spec.strategy).canary).trafficRouting).istio);
    const routes = [
      asRecord(istio.virtualService).name,
      ...(Array.isArray(istio.virtualServices) ? istio.virtualServices.map((each) => asRecord(each).name) : []),
    ];
    const target = asRecord(spec.targetRef).name;
    const written =
      kind === "Canary" && api === "flagger.app"
        ? [asRecord(spec.service).name ?? target]
        : kind === "Rollout"
          ? routes
          : [];
    const [route] = texts(written);
    if (route === undefined || namespace !== (group.namespace ?? "default")) continue;
    const tool = kind === "Canary" ? "Flagger" : "Argo Rollouts";
    findings.add(
      "decide",
      `${kind} ${namespace}/${name}`,
      `${tool} writes the weights of VirtualService ${route}, and makes it again when it is gone`,
      "one who routes a service: lanes, or a rollout of that service alone",
      `Take the routing out of the ${kind} while the service is in lanes, or import with --without ${typeof target === "string" ? target : name}.`,
    );
  }
}
