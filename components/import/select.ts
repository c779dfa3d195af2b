import { asRecord } from "../../tools/values";
import type { FoundCall } from "./calls";
import type { Inventory, KubeService, KubeWorkload, ServicePort } from "./inventory";
import { type GivenProtocol, isStoresOwn, judgePort, type PortVerdict, takesTelemetry } from "./ports";
import { type Backed, workloadsOf } from "./versions";

/** A port of a service, and what Istio makes of it. */
export interface JudgedPort {
  readonly port: ServicePort;
  readonly verdict: PortVerdict;
  /** Whether a call was found that names it. */
  readonly called: boolean;
}

/** A service that lanes can route. */
export interface Candidate extends Backed {
  /** The port that lanes route. */
  readonly main: JudgedPort;
  readonly ports: readonly JudgedPort[];
}

export interface LeftOut {
  readonly service: KubeService;
  readonly got: string;
  readonly expected: string;
  readonly fix: string;
  /** Of a store or broker: what it speaks. */
  readonly protocol?: string;
}

export interface Selected {
  readonly candidates: readonly Candidate[];
  readonly leftOut: readonly LeftOut[];
  /** A service that selects pods of another -> that other. */
  readonly aliases: ReadonlyMap<KubeService, KubeService>;
}

/** Ports by which people look at a service rather than use it. */
const sideName = /metric|prom|admin|manage|health|probe|prof|debug|status|monitor|ui$/;

function isSide({ name }: ServicePort): boolean {
  return sideName.test(name.toLowerCase());
}

/**
 * The services that lanes can route, and why the others cannot be.
 *
 * @param preferred ports by which services are entered from outside.
 */
export function selectServices(
  inventory: Inventory,
  calls: readonly FoundCall[],
  protocols: readonly GivenProtocol[],
  preferred: ReadonlyMap<KubeService, number>,
): Selected {
  const children = serviceChildren(inventory);
  const candidates: Candidate[] = [];
  const leftOut: LeftOut[] = [];
  for (const service of inventory.services) {
    const workloads = workloadsOf(service, inventory.workloads);
    const ports = service.ports.map((port) => judged(service, port, calls, protocols));
    const parent = children.get(`${service.namespace}/${service.name}`);
    const reason = parent ?? unroutable(service, workloads, ports, preferred.get(service));
    if (reason) leftOut.push({ service, ...reason });
    else {
      const main = mainPort(ports, preferred.get(service));
      if (main) candidates.push({ service, workloads, main, ports });
      else leftOut.push({ service, ...noPort(service, ports) });
    }
  }
  const aliases = findAliases(candidates, calls, preferred);
  return { candidates: candidates.filter(({ service }) => !aliases.has(service)), leftOut, aliases };
}

function judged(
  service: KubeService,
  port: ServicePort,
  calls: readonly FoundCall[],
  protocols: readonly GivenProtocol[],
): JudgedPort {
  const naming = calls.filter((call) => call.to === service && call.port === port.port);
  const given = protocols.find(
    (each) => each.port === port.port && (each.service === "*" || each.service === service.name),
  );
  const schemes = naming.flatMap(({ scheme }) => scheme ?? []);
  return { port, verdict: judgePort(port, schemes, given?.protocol), called: naming.length > 0 };
}

type Reason = Omit<LeftOut, "service">;

/** Pods that are nothing but Istio's proxy: `auto` is what the gateway chart writes, and the webhook completes. */
function isGateway({ images }: KubeWorkload): boolean {
  return images.length === 1 && images.every((image) => image === "auto" || /(^|\/)proxyv2([:@]|$)/.test(image));
}

function unroutable(
  service: KubeService,
  workloads: readonly KubeWorkload[],
  ports: readonly JudgedPort[],
  entered: number | undefined,
): Reason | undefined {
  const fix = "Nothing to do, unless requests of a lane have to go there.";
  if (service.type === "ExternalName" || Object.keys(service.selector).length === 0)
    return { got: "it selects no pods", expected: "a Service whose pods are known by labels", fix };
  if (workloads.some(isGateway)) return { got: "its pods are a gateway", expected: "a service of the call chain", fix };
  if (ports.length === 0) return { got: "it has no port", expected: "a port of HTTP or gRPC", fix };
  if (takesTelemetry(service))
    return { got: "it collects or shows telemetry", expected: "a service of the call chain", fix };
  const [store] = storePorts(ports);
  if (store && !ports.some((port) => servesBeside(port, ports, entered))) return sharedStore(store);
  if (service.headless)
    return {
      got: "it is headless: callers choose a pod themselves",
      expected: "a Service with an address, to which a route can be put in front",
      fix: "Give callers a Service with an address, if requests of a lane go there.",
    };
  if (workloads.length === 0)
    return {
      got: "no workload that was read has the pods that it selects",
      expected: "its Deployment, StatefulSet or DaemonSet too",
      fix: "Import the manifests of its workload as well.",
    };
  return undefined;
}

export function storePorts(ports: readonly JudgedPort[]): JudgedPort[] {
  return ports.filter(({ verdict }) => verdict.store);
}

/** What is said of a port of a store or broker. */
export function sharedStore({ port, verdict }: JudgedPort): Reason {
  return {
    got: `port ${portName(port)} is ${verdict.protocol}: ${verdict.why}`,
    expected: "HTTP or gRPC",
    fix: "Nothing to do: all lanes share it. Data of one lane is seen by the others.",
    protocol: verdict.protocol,
  };
}

/** Whether a port beside one of a store serves requests of the system, and is not there to run or to watch the store. */
function servesBeside(
  { port, verdict, called }: JudgedPort,
  ports: readonly JudgedPort[],
  entered: number | undefined,
) {
  if (verdict.lanes === "no" || storePorts(ports).some((store) => isStoresOwn(port, store.verdict.protocol)))
    return false;
  return called || port.port === entered || (verdict.lanes === "yes" && !isSide(port));
}

function noPort({ name }: KubeService, ports: readonly JudgedPort[]): Reason {
  const wanted = ports.some(({ called }) => called) ? ports.filter(({ called }) => called) : ports;
  const said = wanted.map(({ port, verdict }) => `port ${portName(port)} is ${verdict.protocol}: ${verdict.why}`);
  const [first] = wanted;
  return {
    got: said.join("; "),
    expected: "a port of HTTP or gRPC by its appProtocol or its name",
    fix: `If requests in it are HTTP or gRPC, import with --protocol ${name}:${first?.port.port}=grpc (or http), and give the port that appProtocol; else nothing: all lanes share it.`,
  };
}

export function portName({ name, port }: ServicePort): string {
  return name === "" ? String(port) : `${port} (${name})`;
}

/** Of the ports that lanes can route: the one of the entry, one that is called, one that is not for looking at, the first. */
function mainPort(ports: readonly JudgedPort[], preferred: number | undefined): JudgedPort | undefined {
  const routable = ports.filter(({ verdict }) => verdict.lanes !== "no");
  const entered = routable.find(({ port }) => port.port === preferred);
  if (entered) return entered;
  if (ports.some(({ called, verdict }) => called && !verdict.store)) return routable.find(({ called }) => called);
  const surely = routable.filter(({ verdict }) => verdict.lanes === "yes");
  const serving = ({ port }: JudgedPort) => !isSide(port);
  return surely.find(serving) ?? routable.find(serving) ?? routable[0];
}

/**
 * The ports of a service beside its main one that a lane group declares: those that serve requests or are called, and those that
 * lanes cannot route, which are to be seen. What people look at a service by is left alone.
 */
export function furtherPorts({ main, ports }: Candidate): JudgedPort[] {
  return ports.filter(({ port, verdict, called }, index) => {
    // One number may be there twice, for TCP and for UDP.
    if (port.port === main.port.port || ports.findIndex((each) => each.port.port === port.port) !== index) return false;
    return called || verdict.lanes === "no" || (verdict.lanes === "yes" && !isSide(port));
  });
}

/** Services that a tool makes for a time, for the pods of another: Flagger's and Argo Rollouts'. */
function serviceChildren({ others }: Inventory): Map<string, Reason> {
  const reasons = new Map<string, Reason>();
  for (const { kind, api, namespace, name, spec } of others) {
    const canary = asRecord(asRecord(spec.strategy).canary);
    const target = asRecord(spec.targetRef).name;
    const service = asRecord(spec.service).name ?? target;
    const made =
      kind === "Canary" && api === "flagger.app"
        ? [`${service}-primary`, `${service}-canary`]
        : kind === "Rollout"
          ? [canary.canaryService, asRecord(asRecord(spec.strategy).blueGreen).previewService]
          : [];
    const got = `${kind} ${namespace}/${name} has it for pods of its own canary`;
    for (const child of made)
      if (typeof child === "string")
        reasons.set(`${namespace}/${child}`, { got, expected: "a service that callers name", fix: "Nothing to do." });
  }
  return reasons;
}

/** Of services that share pods the one with most stands for all; of equals the one within the mesh, then the one that is used. */
function findAliases(
  candidates: readonly Candidate[],
  calls: readonly FoundCall[],
  preferred: ReadonlyMap<KubeService, number>,
): Map<KubeService, KubeService> {
  const used = (service: KubeService) =>
    calls.filter(({ to }) => to === service).length + (preferred.has(service) ? 1 : 0);
  const rank = ({ service, workloads }: Candidate) => [
    workloads.length,
    service.type === "ClusterIP" ? 1 : 0,
    used(service),
    -Object.keys(service.selector).length,
  ];
  const ordered = [...candidates].sort((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    const at = one.findIndex((value, index) => value !== other[index]);
    return at < 0 ? a.service.name.localeCompare(b.service.name) : (other[at] ?? 0) - (one[at] ?? 0);
  });
  const aliases = new Map<KubeService, KubeService>();
  for (const [index, { service, workloads }] of ordered.entries()) {
    const first = ordered
      .slice(0, index)
      .find(
        (other) => !aliases.has(other.service) && workloads.every((workload) => other.workloads.includes(workload)),
      );
    if (first) aliases.set(service, first.service);
  }
  return aliases;
}
