import { parseChain } from "../../../../apps/mock/hops";
import { normalizePath } from "../../../../components/lanes/envoy-path";
import type { ExplainedHop, Explanation } from "../../../../components/lanes/explain";
import { lanePorts, routeNameAt } from "../../../../components/lanes/ports";
import { type LaneGroup, serviceOf } from "../../../../components/lanes/spec";
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

/** Ports on which the services after the first are called: any of those that lanes route. */
export function portsOf(group: LaneGroup, services: readonly string[], request: RawRequest): number[] {
  return services.slice(1).map((name, index) => {
    const ports = lanePorts(serviceOf(group, name));
    return ports[(request.path.length + request.host.length + index) % ports.length] ?? 0;
  });
}

/** `host:port` of each service after the first, in any of the forms that apps use. */
export function callsOf(
  { namespace }: LaneGroup,
  services: readonly string[],
  ports: readonly number[],
  request: RawRequest,
): string[] {
  return services.slice(1).map((name, index) => {
    const forms = [name, `${name}.${namespace}`, `${name}.${namespace}.svc.cluster.local`, `${name}.${namespace}.svc`];
    const form = forms[(request.path.length + index) % forms.length] ?? name;
    return `${form}:${ports[index]}`;
  });
}

/** Every fate that `explain` allows. @param ports see `portsOf`. */
export function expectedFates(explanation: Explanation, services: readonly string[], ports: readonly number[]): Fate[] {
  if (explanation.status !== "routed") return [String(explanation.status)];
  return explanation.outcomes.map(({ hops, setsCookie }) => {
    const taken = services.map((service, index) => {
      const from = index === 0 ? "gateway" : services[index - 1];
      const hop = hops.find((one) => one.from === from && one.service === service);
      return hop && onPort(hop, ports[index - 1]);
    });
    return fate(taken.map(hopText), setsCookie, explanation.path && normalizePath(explanation.path));
  });
}

/** @param rewrites whether the gateway is to rewrite the path: then the path that arrived is part of the fate. */
export function actualFate(answer: RawAnswer, rewrites = false): Fate {
  const chain = answer.status === 200 ? parseChain(answer.body) : undefined;
  if (!chain) {
    // The gateway's own answer to a preflight has no body, that of a policy of calls has.
    const own = [400, 404].includes(answer.status) || ([200, 403].includes(answer.status) && answer.body === "");
    return own ? String(answer.status) : `${answer.status} ${answer.body}`;
  }
  return fate(
    chain.hops.map((hop) => `${hop.headers[routeNameHeader]} ${hop.version}`),
    answer.setCookie.join(" | ") || undefined,
    rewrites ? (chain.hops[0]?.headers[pathHeader] ?? "no path").replace(/[?#].*$/, "") : undefined,
  );
}

/** A hop as it is on one of the service's ports; undefined: the first. */
function onPort(hop: ExplainedHop, port: number | undefined): ExplainedHop {
  const first = hop.ports?.[0]?.port;
  if (hop.rule === undefined || first === undefined || port === undefined) return hop;
  return { ...hop, rule: routeNameAt(hop.rule, { port: first }, port) };
}

function hopText(hop: ExplainedHop | undefined): string {
  return hop ? `${hop.rule} ${hop.version}` : "not explained";
}

/** Whether the gateway changes the path of a request. */
export function rewrites(explanation: Explanation): boolean {
  return explanation.status === "routed" && explanation.path !== undefined;
}

function fate(hops: readonly string[], cookie: string | undefined, path: string | undefined): Fate {
  return `${hops.join(" -> ")}${path === undefined ? "" : ` as ${path}`}${cookie === undefined ? "" : ` [${cookie}]`}`;
}
