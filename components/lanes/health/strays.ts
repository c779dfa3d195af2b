import { isIP } from "node:net";
import { covers, hostOf, isAddress, serviceOfHost } from "../hosts";
import { callByName, sendItsName } from "../past-routes";
import { lanePorts } from "../ports";
import type { LaneService } from "../spec";
import type { MeshFacts, PodFact, StrayFact } from "./facts";
import { type Finding, listed, someOf } from "./finding";
import { type GroupView, lanesOfPods, liveService, membersOf } from "./view";

/*
 * Calls that got past the routes: a proxy finds the route of a call by its Host, and where none has it the call goes on to the
 * address that the app asked for, in no lane. Which service was meant is told by that address.
 */

/** How far back the access logs are read. */
export const logsReachMinutes = 10;

interface PastRoutes {
  readonly from: LaneService;
  readonly pod: PodFact;
  /** Undefined: the log does not tell whom the pod called. */
  readonly to?: LaneService;
  readonly authority: string;
}

/** Which pods of the group call a service of it by a Host that no route fits, or by an address. */
export function checkStrays(view: GroupView): Finding[] {
  const found = pastRoutes(view);
  return view.group.services.flatMap((from) => {
    const own = found.filter((stray) => stray.from === from);
    return [...new Set(own.map(({ to }) => to))].flatMap((to) => {
      const there = own.filter((stray) => stray.to === to);
      const [byAddress, byHost] = [true, false].map((address) =>
        there.filter(({ authority }) => isAddress(authority) === address),
      );
      return [...finding(view, "ML013", byHost), ...finding(view, "ML014", byAddress)];
    });
  });
}

function pastRoutes(view: GroupView): PastRoutes[] {
  const { strays } = view.facts.accessLogs;
  if (strays.length === 0) return [];
  const called = destinations(view);
  return view.group.services.flatMap((from) =>
    membersOf(view, from).pods.flatMap((pod) =>
      strays
        .filter((stray) => stray.pod === pod.name && stray.namespace === pod.namespace)
        .flatMap((stray): PastRoutes[] => {
          const { authority } = stray;
          const to = called.get(destinationOf(stray) ?? "");
          // Members of a cluster (Hazelcast, groupcache) find each other by address, and have to.
          if (to === from) return [];
          if (to) return [{ from, pod, to, authority }];
          return stray.destination === undefined && isEntryHost(view, authority) ? [{ from, pod, authority }] : [];
        }),
    ),
  );
}

/** A log without the address called tells it where the Host is one. */
function destinationOf({ destination, authority }: StrayFact): string | undefined {
  return destination ?? (isAddress(authority) ? authority : undefined);
}

/** `address:port` of each service and each pod, of ports that lanes route. Pods may call the others for reasons of their own. */
function destinations(view: GroupView): ReadonlyMap<string, LaneService> {
  const entries = view.group.services.flatMap((service) => {
    const live = liveService(view, service);
    const ports = lanePorts(service);
    const at = (address: string, port: number) =>
      [`${isIP(address) === 6 ? `[${address}]` : address}:${port}`, service] as const;
    const podPorts = ports.flatMap((port) => {
      const target = live?.ports.find((candidate) => candidate.port === port)?.targetPort ?? port;
      return typeof target === "number" ? [target] : [];
    });
    return [
      ...(live?.addresses ?? []).flatMap((address) => ports.map((port) => at(address, port))),
      ...membersOf(view, service).pods.flatMap(({ addresses }) =>
        addresses.flatMap((address) => podPorts.map((port) => at(address, port))),
      ),
    ];
  });
  return new Map(entries);
}

/** With `*` any Host is one of the entry's, that of a service of others too. */
function isEntryHost({ group }: GroupView, authority: string): boolean {
  return group.entry.hosts.some((host) => host !== "*" && covers(host, hostOf(authority)));
}

function finding(view: GroupView, code: "ML013" | "ML014", strays: readonly PastRoutes[] = []): Finding[] {
  const [first] = strays;
  if (!first) return [];
  const { from, to } = first;
  const pods = [...new Set(strays.map(({ pod }) => pod))];
  const lanes = [...new Set(lanesOfPods(view, from, pods))];
  const hosts = someOf([...new Set(strays.map(({ authority }) => authority))]);
  const names = someOf(pods.map(({ name }) => name));
  const call = pods.length === 1 ? "calls" : "call";
  const whom = to ? ` ${to.name}` : "";
  const how = code === "ML013" ? `with Host ${hosts}` : `as ${hosts}`;
  const none = to ? `no route of ${to.name} has it` : "no route has it";
  return [
    {
      code,
      // It tells what was: an update since may have put it right, which a log does not say.
      severity: "warning",
      group: view.group.name,
      lanes,
      service: from.name,
      cause: `${names} of ${from.name} ${call}${whom} ${how}; ${none}, so the call is in no lane.`,
      fix: `${fix(view, first, code)} Calls of the last ${logsReachMinutes} minutes count.`,
    },
  ];
}

function fix({ group }: GroupView, { from, to, authority }: PastRoutes, code: "ML013" | "ML014"): string {
  if (code === "ML014") return callByName;
  const asked = serviceOfHost(authority, from.namespace, group.clusterDomain);
  const isItsName = to && asked?.name === to.name && asked.namespace === to.namespace;
  // Its name is right, and its proxy does not know the service.
  if (isItsName && group.scope && !from.calls.includes(to.name)) {
    return `Add ${to.name} to \`calls\` of ${from.name}: its sidecar knows only these.`;
  }
  return sendItsName;
}

/** Once for the whole mesh: whether the access logs could be read. */
export function checkAccessLogs({ accessLogs }: MeshFacts): Finding[] {
  const { problems } = accessLogs;
  if (problems.length === 0) return [];
  return [
    {
      code: "ML015",
      severity: "note",
      lanes: [],
      cause: `Whether calls get past the routes is not known: ${listed(problems)}.`,
      fix: "Give your account `get` and `list` on `pods` and `pods/log` in these namespaces.",
    },
  ];
}
