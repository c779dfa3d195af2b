import { parseChain } from "../../../../apps/mock/hops";
import { normalizePath } from "../../../../components/lanes/envoy-path";
import type { ExplainedHop, Explanation } from "../../../../components/lanes/explain";
import { lanePorts, routeNameAt } from "../../../../components/lanes/ports";
import type { LaneGroup } from "../../../../components/lanes/spec";
import { serviceIn } from "../../../service-in";
import { grpcPort } from "./groups";
import { answerProbes, asGrpc, probesText, readPolicy, requestProbes, valuesOf } from "./policies";
import type { RawRequest } from "./requests";
import type { RawAnswer } from "./send";

/** Set by every proxy on what it sends on: the name of the route that it took. */
export const routeNameHeader = "x-truth-route";

/** Set by every sidecar on what comes in: path and query as they arrived. */
export const pathHeader = "x-truth-path";

/** What became of a request, or what may become of it: a status, or rule and version at each hop and the cookie. */
export type Fate = string;

/** The services that a request goes through, by its walk through the call graph of the group from where it comes in. */
export function servicesOf(group: LaneGroup, explanation: Explanation, walk: readonly number[]): string[] {
  const first = explanation.status === "routed" ? explanation.outcomes[0]?.hops[0]?.service : undefined;
  const path = [first ?? group.entry.service];
  for (const step of walk) {
    const calls = group.services.find((service) => service.name === path.at(-1))?.calls ?? [];
    const callee = calls[step % Math.max(1, calls.length)];
    if (callee === undefined) break;
    path.push(callee);
  }
  return path;
}

/**
 * Ports on which the services after the first are called: any of those that lanes route. Behind a service that was called by gRPC
 * all are: what is called so calls the next one so, too.
 */
export function portsOf(group: LaneGroup, services: readonly string[], request: RawRequest): number[] {
  const called = services.slice(1).map((name) => lanePorts(serviceIn(group, name)));
  const calledByGrpc = called.findLastIndex((ports) => !ports.includes(grpcPort)) + 1;
  let grpc = false;
  return called.map((all, index) => {
    const ports = grpc ? [grpcPort] : all.filter((port) => port !== grpcPort || index >= calledByGrpc);
    const port = ports[(request.path.length + request.host.length + index) % ports.length] ?? 0;
    grpc = port === grpcPort;
    return port;
  });
}

/**
 * `host:port` of each service after the first, in any of the forms that apps use; those of gRPC with `grpc://` in front.
 *
 * @param addresses `namespace/name` of a Service -> its ClusterIP, which is one of the forms.
 */
export function callsOf(
  group: LaneGroup,
  services: readonly string[],
  ports: readonly number[],
  request: RawRequest,
  addresses: ReadonlyMap<string, string>,
): string[] {
  return services.slice(1).map((name, index) => {
    const { namespace } = serviceIn(group, name);
    const whole = `${name}.${namespace}.svc.cluster.local`;
    const address = addresses.get(`${namespace}/${name}`) ?? [];
    const full = [`${name}.${namespace}`, whole, `${whole}.`, `${name}.${namespace}.svc`, ...[address].flat()];
    const near = serviceIn(group, services[index] ?? "").namespace === namespace;
    const forms = near ? [name, ...full] : full;
    const form = forms[(request.path.length + index) % forms.length] ?? name;
    return `${ports[index] === grpcPort ? "grpc://" : ""}${form}:${ports[index]}`;
  });
}

/** What may become of a request, and how long it takes at least: faults hold some back. */
export interface ExpectedFate {
  readonly fate: Fate;
  readonly leastMs: number;
}

/** Whether one of the fates is what was seen. Timers of proxies and of this test may differ by a little. */
export function agrees(expected: readonly ExpectedFate[], actual: Fate, answer: RawAnswer): boolean {
  return expected.some(({ fate, leastMs }) => fate === actual && answer.ms >= leastMs - 5);
}

/** Every fate that `explain` allows. @param ports see `portsOf`. */
export function expectedFates(
  explanation: Explanation,
  services: readonly string[],
  ports: readonly number[],
  request: RawRequest,
): ExpectedFate[] {
  if (explanation.status !== "routed") return [{ fate: String(explanation.status), leastMs: 0 }];
  return explanation.outcomes.flatMap(({ hops, setsCookie }) => {
    const taken = services.map((service, index) => {
      const from = index === 0 ? "gateway" : services[index - 1];
      const hop = hops.find((one) => one.from === from && one.service === service);
      return { hop: hop && onPort(hop, ports[index - 1]), policy: readPolicy(hop?.policy) };
    });
    const words = taken.map(({ hop, policy }, index) => {
      const came = (name: string) => (index === 0 ? valuesOf(headerLines(request, name)) : []);
      return hop
        ? hopText(`${hop.rule} ${hop.version}`, probesText(requestProbes, came, policy.request))
        : "not explained";
    });
    const [first] = taken;
    const served = (name: string) => (name === "x-served-by" ? [`pods/${first?.hop?.version}`] : []);
    const answered = probesText(answerProbes, served, first?.policy.answer ?? {});
    const path = explanation.path && normalizePath(explanation.path);
    const fates: ExpectedFate[] = [];
    let leastMs = 0;
    for (const [index, { policy }] of taken.entries()) {
      const { abort, delay } = policy;
      if (delay?.percent === 100) leastMs += delay.ms;
      if (!abort || abort.percent === 0) continue;
      fates.push({ fate: abortedAt(index, abort.status), leastMs });
      if (abort.percent === 100) return fates;
    }
    return [...fates, { fate: fate(words, setsCookie, path, answered), leastMs }];

    function abortedAt(index: number, status: number): Fate {
      if (index === 0) return `${status} by a fault`;
      // Of a chain that ends behind a call of gRPC the caller tells no hops.
      const grpc = ports.indexOf(grpcPort) + 1;
      const behind = grpc > 0 && index > grpc;
      const error = grpc > 0 && index >= grpc ? (behind ? "UNAVAILABLE" : asGrpc(status)) : String(status);
      return fate(words.slice(0, behind ? grpc : index), setsCookie, path, answered, error);
    }
  });
}

/** @param rewrites whether the gateway is to rewrite the path: then the path that arrived is part of the fate. */
export function actualFate(answer: RawAnswer, rewrites = false): Fate {
  if (isAborted(answer)) return `${answer.status} by a fault`;
  const chain = [200, 502].includes(answer.status) ? parseChain(answer.body) : undefined;
  if (!chain) {
    // The gateway's own answer to a preflight has no body, that of a policy of calls has.
    const own = [400, 404].includes(answer.status) || ([200, 403].includes(answer.status) && answer.body === "");
    return own ? String(answer.status) : `${answer.status} ${answer.body}`;
  }
  return fate(
    chain.hops.map(({ headers, version }) => {
      const probes = probesText(requestProbes, (name) => valuesOf(headers[name]), {});
      return hopText(`${headers[routeNameHeader]} ${version}`, probes);
    }),
    answer.setCookie.join(" | ") || undefined,
    rewrites ? (chain.hops[0]?.headers[pathHeader] ?? "no path").replace(/[?#].*$/, "") : undefined,
    probesText(answerProbes, (name) => valuesOf(answer.headers[name]), {}),
    chain.error,
  );
}

const abortText = "fault filter abort";

/** Whether Envoy's filter for faults answered. A HEAD gets the length of its text alone. */
function isAborted({ body, headers }: RawAnswer): boolean {
  return body === abortText || (body === "" && headers["content-length"] === String(abortText.length));
}

/** Lines of a header, whatever the case of its name. */
function headerLines({ headers }: RawRequest, name: string): string[] {
  return Object.entries(headers).flatMap(([key, lines]) => (key.toLowerCase() === name ? lines : []));
}

/** A hop as it is on one of the service's ports; undefined: the first. */
function onPort(hop: ExplainedHop, port: number | undefined): ExplainedHop {
  const first = hop.ports?.[0]?.port;
  if (hop.rule === undefined || first === undefined || port === undefined) return hop;
  return { ...hop, rule: routeNameAt(hop.rule, { port: first }, port) };
}

function hopText(routeAndVersion: string, probes: string): string {
  return probes === "" ? routeAndVersion : `${routeAndVersion} (${probes})`;
}

/** Whether the gateway changes the path of a request. */
export function rewrites(explanation: Explanation): boolean {
  return explanation.status === "routed" && explanation.path !== undefined;
}

function fate(
  hops: readonly string[],
  cookie: string | undefined,
  path: string | undefined,
  answered: string,
  error?: string,
): Fate {
  return [
    [...hops, ...(error === undefined ? [] : [`error ${error}`])].join(" -> "),
    ...(path === undefined ? [] : [`as ${path}`]),
    ...(answered === "" ? [] : [`answered ${answered}`]),
    ...(cookie === undefined ? [] : [`[${cookie}]`]),
  ].join(" ");
}
