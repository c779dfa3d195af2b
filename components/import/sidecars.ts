import { asRecord, records, texts, type UnknownRecord } from "../../tools/values";
import { covers } from "../lanes/hosts";
import { selects } from "../lanes/labels";
import { serviceHost } from "../lanes/object";
import { defaultClusterDomain, type LaneGroupInput } from "../lanes/spec";
import { list } from "./advice/list";
import type { Findings } from "./finding";
import type { Inventory, KubeWorkload } from "./inventory";
import type { KubeObject } from "./objects";
import type { ProposedService } from "./proposal";
import { nameOf, ofKind } from "./routes";

/** Where Istio looks for what holds for the whole mesh. */
const rootNamespace = "istio-system";

/**
 * Sidecars of others: what their egress leaves out, the proxies of these pods do not know. Calls there are sent on without a route,
 * or not at all, and so are in no lane.
 */
export function checkSidecars(
  findings: Findings,
  services: readonly ProposedService[],
  group: LaneGroupInput,
  inventory: Inventory,
): void {
  const sidecars = ofKind(inventory, "networking.istio.io", "Sidecar");
  for (const object of sidecars) {
    const egress = records(object.spec.egress);
    const callers = services.filter(({ workloads }) => workloads.some((pods) => sidecarOf(pods, sidecars) === object));
    // Without egress it has that of the namespace or the mesh.
    if (egress.length === 0 || callers.length === 0) continue;
    const hidden = (service: ProposedService) => !egress.some((listener) => knows(listener, service, object, group));
    const missing = services.filter((service) => hidden(service) && callers.some((caller) => caller !== service));
    if (missing.length === 0) continue;
    const lost = callers.flatMap(({ service, calls }) =>
      calls
        .filter(({ to }) => missing.some((each) => each.service === to))
        .map(({ to }) => `${service.name} calls ${to.name}`),
    );
    const names = list(missing.map(({ service }) => service.name));
    const by = lost.length > 0 ? `; ${list(lost)}` : "";
    findings.add(
      lost.length > 0 ? "decide" : "note",
      nameOf(object),
      `its egress leaves out ${names} for pods of ${list(callers.map(({ service }) => service.name))}${by}`,
      "egress with every service that these pods call: a call to another one has no route, and is in no lane",
      lost.length > 0 ? "Add them to its egress hosts." : "Nothing to do, unless these pods call them.",
    );
  }
}

/** The one that a pod's proxy follows: by labels, then that of the namespace, then the mesh's. */
function sidecarOf({ namespace, labels }: KubeWorkload, sidecars: readonly KubeObject[]): KubeObject | undefined {
  const here = sidecars.filter((object) => object.namespace === namespace);
  return (
    here.find((object) => isFor(object, labels)) ??
    here.find((object) => !hasSelector(object)) ??
    sidecars.find((object) => object.namespace === rootNamespace && !hasSelector(object))
  );
}

function selectorOf({ spec }: KubeObject): UnknownRecord {
  return asRecord(asRecord(spec.workloadSelector).labels);
}

function hasSelector(object: KubeObject): boolean {
  return Object.keys(selectorOf(object)).length > 0;
}

function isFor(object: KubeObject, labels: KubeWorkload["labels"]): boolean {
  return hasSelector(object) && selects(selectorOf(object), labels);
}

/** Whether a listener of egress has a service: `namespace/host`, of one port or of all. */
function knows(
  listener: UnknownRecord,
  { service, main }: ProposedService,
  { namespace }: KubeObject,
  group: LaneGroupInput,
) {
  const { number } = asRecord(listener.port);
  if (typeof number === "number" && number !== main.port.port) return false;
  const { clusterDomain = defaultClusterDomain } = group;
  return texts(listener.hosts).some((pattern) => {
    const [place = "", host = ""] = pattern.split("/");
    const there = place === "." ? namespace : place;
    return (there === "*" || there === service.namespace) && covers(host, serviceHost(service, { clusterDomain }));
  });
}
