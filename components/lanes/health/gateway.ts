import { isRecord, records, texts } from "../../../tools/values";
import { shellCommand } from "../../shell";
import { overlaps, withoutNamespace } from "../hosts";
import { selectorText, selects } from "../labels";
import type { Labels, PodFact, ServiceFact } from "./facts";
import type { Finding } from "./finding";
import { checkCertificate } from "./tls";
import { allLanes, type GroupView } from "./view";

/** The Gateway that the entry names: there, with pods, ports and TLS secrets behind it. */
export function checkGateway(view: GroupView): Finding[] {
  const { entry } = view.group;
  const [namespace = "", name = ""] = entry.gateway.split("/");
  const common = { group: view.group.name, lanes: allLanes(view), service: entry.service, severity: "error" as const };
  const live = view.facts.istio.find(
    (object) => object.kind === "Gateway" && object.namespace === namespace && object.name === name,
  );
  if (!live) {
    const cause = `There is no Gateway ${entry.gateway}, so nothing listens for the group's requests.`;
    const fix = "Bring the stack up (npm start), or correct entry.gateway in the lane group.";
    return [{ ...common, code: "ML050", cause, fix }];
  }
  const selector = toLabels(live.spec.selector);
  const pods = view.facts.pods.filter((pod) => selects(selector, pod.labels));
  const written = selectorText(selector);
  if (!pods.some((pod) => pod.ready)) {
    const some =
      pods.length === 1 ? "one pod has, and it is not ready" : `${pods.length} pods have, none of them ready`;
    const state = pods.length === 0 ? "no pod has" : some;
    const cause = `Gateway ${entry.gateway} selects ${written}, which ${state}: no request can enter.`;
    const fix = `${shellCommand("kubectl", "get", "pods", "-A", "-l", written)}; correct the selector of the Gateway or start its pods (npm start).`;
    return [{ ...common, code: "ML051", cause, fix }];
  }
  return [...checkServers(view, records(live.spec.servers), pods, common)];
}

type Common = Pick<Finding, "group" | "lanes" | "service" | "severity">;
type Server = Readonly<Record<string, unknown>>;

function checkServers(
  view: GroupView,
  servers: readonly Server[],
  pods: readonly PodFact[],
  common: Common,
): Finding[] {
  const { entry } = view.group;
  const serves = (server: Server, host: string) =>
    texts(server.hosts).some((pattern) => overlaps(withoutNamespace(pattern), host));
  const unserved = entry.hosts.filter((host) => !servers.some((server) => serves(server, host)));
  const mine = servers.filter((server) => entry.hosts.some((host) => serves(server, host)));
  return [
    ...(unserved.length > 0
      ? [
          {
            ...common,
            code: "ML052" as const,
            cause: `Gateway ${entry.gateway} serves ${[...new Set(servers.flatMap((server) => texts(server.hosts)))].join(", ")}, not ${unserved.join(", ")}: such requests get 404.`,
            fix: "Add the hosts to a port of the gateway (gateway.ports[].hosts), or correct entry.hosts of the lane group.",
          },
        ]
      : []),
    ...mine.flatMap((server) => [
      ...checkPort(view, server, pods, common),
      ...checkCertificate(view, server, [...new Set(pods.map((pod) => pod.namespace))], common),
    ]),
  ];
}

function checkPort(view: GroupView, server: Server, pods: readonly PodFact[], common: Common): Finding[] {
  const number = isRecord(server.port) ? server.port.number : undefined;
  const services = view.facts.services.filter((service) =>
    pods.some((pod) => pod.namespace === service.namespace && selects(service.selector, pod.labels)),
  );
  // Without any Service the pods are reached by other means (host network).
  if (typeof number !== "number" || services.length === 0 || services.some((service) => hasPort(service, number))) {
    return [];
  }
  const names = services.map((service) => `${service.namespace}/${service.name}`);
  const ports = services.flatMap((service) => service.ports.map((port) => port.port));
  const cause = `Gateway ${view.group.entry.gateway} listens on port ${number}, which its Service ${names.join(", ")} does not have (it has ${ports.join(", ")}): nobody outside reaches it.`;
  const fix = `Add port ${number} under gateway.ports in config and run npx lanes up, or add it to the Service.`;
  return [{ ...common, code: "ML053", cause, fix }];
}

function hasPort(service: ServiceFact, number: number): boolean {
  return service.ports.some((port) => port.port === number || port.targetPort === number);
}

function toLabels(value: unknown): Labels {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, label]) => [key, String(label)]));
}
