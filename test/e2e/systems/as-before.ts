import fc from "fast-check";
import { GatewayClient, type GatewayRequest } from "../../../cli/verify/gateway-client";
import { parseHops } from "../../../cli/verify/hops";
import type { SystemGraph } from "../../systems/graph";
import { callsHeader, callTo, deployedVersions } from "./stand-ins";

/** Requests at once. */
const atOnce = 10;

/** The graph as it is entered: where no route of its owner leads into it, at the given service. */
export function withEntries(graph: SystemGraph, entry: string | undefined): SystemGraph {
  if (graph.entries.length > 0) return graph;
  const entries = graph.services
    .filter(({ name }) => name === entry)
    .flatMap(({ name, ports: [first] }) =>
      first ? [{ service: name, port: first.port, path: "/", exact: false }] : [],
    );
  return { ...graph, entries };
}

/** Random requests of the owner's: paths of its routes and beside them, and a random chain of calls below each. */
export function randomRequests(graph: SystemGraph, count: number, seed = 12): GatewayRequest[] {
  const chain = (service: string, left: number): fc.Arbitrary<string[]> => {
    const callees = [...new Set(graph.calls.filter(([from]) => from === service).map(([, to]) => to))];
    if (callees.length === 0 || left === 0) return fc.constant([]);
    const further = fc.constantFrom(...callees).chain((to) => chain(to, left - 1).map((rest) => [to, ...rest]));
    return fc.oneof({ weight: 1, arbitrary: fc.constant<string[]>([]) }, { weight: 4, arbitrary: further });
  };
  const request = fc
    .record({
      entry: fc.constantFrom(...graph.entries),
      // The first is the route's own path, the others are beside it or below.
      behind: fc.constantFrom("", "", "/", "/7", "x", "?page=2", "/7?page=2"),
      before: fc.constantFrom("", "", "", "", "/other"),
      method: fc.constantFrom("GET", "GET", "POST", "DELETE"),
      host: fc.constantFrom(undefined, "shop.example.com", "other.example.com:80"),
    })
    .chain(({ entry, before, behind, method, host }) =>
      chain(entry.service, 4).map((calls) => ({
        path: `${before}${entry.path}${behind}`,
        method,
        ...(host !== undefined && { host }),
        headers: calls.length > 0 ? { [callsHeader]: calls.map((name) => callTo(graph, name)).join() } : {},
      })),
    );
  const [first] = graph.entries;
  const plain = { path: first?.path ?? "/", headers: {} };
  return [plain, ...fc.sample(request, { numRuns: count - 1, seed })];
}

/**
 * What each request is answered: its status, and the services on its way with their versions. Where the owner runs several
 * versions of a service and routes none of them, one of these is meant.
 */
export async function answersTo(
  graph: SystemGraph,
  url: string,
  requests: readonly GatewayRequest[],
): Promise<string[]> {
  const client = new GatewayClient(url);
  const versions = new Map(graph.services.map((service) => [service.name, deployedVersions(service)]));
  const answers: string[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < requests.length; at = next++) {
      const request = requests[at];
      if (!request) return;
      const { status, body } = await client.send(request);
      const hops = parseHops(body).map(({ service, version }) => {
        const known = versions.get(service) ?? [];
        return `${service} ${known.includes(version) ? known.join(" or ") : version}`;
      });
      answers[at] = [status, ...hops].join(" -> ");
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  client.close();
  return answers;
}
