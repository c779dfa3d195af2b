import { namedServices } from "../calls";
import { unservedCallers } from "../chain";
import { adviseEntries } from "../entries/advise";
import type { Findings } from "../finding";
import type { KubeService } from "../inventory";
import type { ImportOptions } from "../options";
import type { ProposalContext } from "../proposal";
import { furtherPorts, type LeftOut, portName, sharedStore, storePorts } from "../select";
import { givenAndLeftOut } from "./given";
import { list } from "./list";
import { unversionedRoutes } from "./unversioned";

/** What the group leaves out, and what is good to know. */
export function adviseLater(findings: Findings, context: ProposalContext, options: ImportOptions): void {
  leftOut(findings, context);
  givenAndLeftOut(findings, context, options);
  adviseEntries(findings, context);
  unversionedRoutes(findings, context);
  unknownCalls(findings, context);
  const { services, dangling } = context;
  for (const { where, host, hint } of dangling)
    findings.add(
      "note",
      where,
      `it names ${host}, and there is no such Service`,
      "the host of a Service that was read",
      hint,
    );
  const second = services.flatMap((candidate) => {
    const declared = [candidate.main, ...furtherPorts(candidate)];
    const others = candidate.ports.filter((port) => !declared.includes(port));
    return others.map(({ port }) => `${candidate.service.name}:${portName(port)}`);
  });
  if (second.length > 0)
    findings.add(
      "note",
      "further ports",
      `${list(second)} take requests too`,
      "only ports that are declared are in lanes",
      "Nothing to do: no rule is left on them. Add them to `ports` if requests of a lane go there.",
    );
  const detected = services.filter(({ main }) => main.verdict.lanes === "detected");
  if (detected.length > 0)
    findings.add(
      "note",
      "protocols",
      `Istio looks at the first bytes to tell what is spoken on ${list(detected.map(({ service, main }) => `${service.name}:${main.port.port}`))}`,
      "appProtocol, or a port name such as http-web or grpc",
      "Name the protocol, so that nothing is guessed and nothing waits for first bytes.",
    );
  const grpc = services.filter(({ main }) => main.verdict.protocol.startsWith("gRPC"));
  if (grpc.length > 0)
    findings.add(
      "note",
      "gRPC",
      `calls to ${list(grpc.map(({ service }) => service.name))} are gRPC: lanes route each by itself, and baggage travels in its metadata`,
      "HTTP, which `lanes verify` and `lanes preflight` send",
      "Look at these hops with the access log of their sidecars, or in traces.",
    );
  findings.add(
    "note",
    "baggage",
    "manifests do not tell which apps hand the header baggage on",
    "every service that calls others forwards it, by OpenTelemetry or by itself",
    "Run `lanes preflight` after the first update: it names the hop that loses the lane.",
  );
}

function leftOut(findings: Findings, context: ProposalContext): void {
  const { selected, consul, services, group, reached, found } = context;
  const members = new Set(services.flatMap(({ workloads }) => workloads));
  const called = new Set(found.filter(({ from }) => members.has(from)).map(({ to }) => to));
  /** What is in other namespaces, and nothing of the group calls, is somebody else's. */
  const near = (service: KubeService) => service.namespace === group.namespace || called.has(service);
  const alike = new Map<string, LeftOut[]>();
  for (const each of selected.leftOut.filter(({ service }) => near(service))) {
    const key = JSON.stringify([each.got, each.expected, each.fix]);
    alike.set(key, [...(alike.get(key) ?? []), each]);
  }
  for (const [first, ...more] of alike.values()) {
    if (!first) continue;
    const names = [first, ...more].map(({ service }) => `${service.namespace}/${service.name}`);
    findings.add("left out", names.join(", "), first.got, first.expected, first.fix);
  }
  for (const { service, ports } of services)
    for (const store of storePorts(ports)) {
      const { got, expected, fix } = sharedStore(store);
      findings.add("left out", `${service.namespace}/${service.name}, port ${store.port.port}`, got, expected, fix);
    }
  for (const [service, other] of selected.aliases)
    findings.add(
      "left out",
      `${service.namespace}/${service.name}`,
      `it selects pods of ${other.name}, which is in the group`,
      "one Service for the pods of a version",
      `Call ${other.name} in its place: calls to ${service.name} take any version.`,
    );
  for (const { service } of consul)
    findings.add(
      "left out",
      `${service.namespace}/${service.name}`,
      "it registers with Consul, and nothing calls it by its Service: callers get addresses of pods, which no route of a Service sees",
      "calls by the name of the Service",
      `Have callers use ${service.name}.${service.namespace}:port, and say so with --calls.`,
    );
  const others = selected.candidates
    .map(({ service }) => service)
    .filter((service) => service.namespace !== group.namespace && !services.some((each) => each.service === service));
  for (const service of others.filter((each) => reached.includes(each)))
    findings.add(
      "left out",
      `${service.namespace}/${service.name}`,
      `it is called, and has the name of another service`,
      "each name once in a group: another service of the group has it",
      "Make a second group for it, or leave it to its baseline.",
    );
  const far = others.filter((each) => !reached.includes(each)).map(({ namespace }) => namespace);
  if (far.length > 0)
    findings.add(
      "note",
      "namespaces",
      `there are services in ${list(far)} too, which nothing of the group is known to call`,
      `one chain of calls, here from namespace ${group.namespace} on`,
      "Import them by themselves with --namespace, or tell calls to them with --calls.",
    );
}

/** What brokers of messages speak. */
const brokerProtocols = new Set(["AMQP", "Kafka", "MQTT", "NATS"]);

function unknownCalls(
  findings: Findings,
  { services, inventory, found, selected, entry, names }: ProposalContext,
): void {
  const unreached = services.filter(({ reached }) => !reached).map(({ service }) => service.name);
  if (unreached.length > 0)
    findings.add(
      "note",
      "calls",
      `nothing that was read tells who calls ${list(unreached, 40)}`,
      "calls, which `lanes explain` and `lanes preflight` follow; requests find their lane without them",
      `Tell those you know: --calls ${entry.candidate.service.name}=${unreached[0]}; take what is not of this chain out with --without.`,
    );
  const served = new Set([...services, ...selected.candidates].flatMap(({ workloads }) => workloads));
  const brokers = selected.leftOut
    .filter(({ protocol = "" }) => brokerProtocols.has(protocol))
    .map(({ service }) => service);
  for (const { workload, to } of unservedCallers(inventory.workloads, served, found)) {
    const called = [...new Set(to)].filter((service) => services.some((each) => each.service === service));
    if (called.length === 0) continue;
    const fed = [...new Set(to)].filter((service) => brokers.includes(service)).map(({ name }) => name);
    const by = fed.length > 0 ? `; what it gets from ${list(fed)} are messages, which no route sees` : "";
    findings.add(
      "note",
      `${workload.kind} ${workload.namespace}/${workload.name}`,
      `it calls ${list(called.map(({ name }) => name))}, and no Service leads to it${by}`,
      "a caller that requests of a lane pass through",
      "Its calls are in a lane only where it sends the lane's baggage itself; else they take the baseline.",
    );
  }
  for (const text of inventory.unreadConfigMaps) {
    const hits = namedServices(text, text.namespace, names);
    const known = hits.flatMap((hit) => (typeof hit === "object" ? hit.name : []));
    for (const hint of new Set(hits.filter((hit): hit is string => typeof hit === "string")))
      findings.add("note", text.where, "it names a host of which there is no Service", "hosts of Services", hint);
    if (known.length === 0) continue;
    findings.add(
      "note",
      text.where,
      `it names ${list(known)}, and no pod says that it reads it`,
      "a ConfigMap that a pod mounts or takes variables from",
      "If a service reads it through the API (Spring Cloud Kubernetes), tell its calls with --calls.",
    );
  }
}
