import { records, texts } from "../../../tools/values";
import { resolveHost } from "../hosts";
import type { IstioObject } from "../object";
import { serviceHost } from "../object";
import { lanePorts } from "../ports";
import { entryRules, serviceRulesAt } from "../rules";
import { deleteCommand } from "./delete-command";
import { differences } from "./difference";
import type { IstioFact } from "./facts";
import { type Finding, restorePlan, someOf } from "./finding";
import { isPlanned, reaches } from "./others";
import { shadowing } from "./shadow";
import { allLanes, type GroupView, lanesThrough, liveObject } from "./view";

/** The VirtualServices: of each service for the sidecars, and of the entry for the gateway. */
export function checkRoutes(view: GroupView): Finding[] {
  const planned = view.objects.filter((object) => object.kind === "VirtualService");
  return planned.flatMap((object) =>
    object.stage === "entry-routes" ? checkEntry(view, object) : checkService(view, object),
  );
}

function checkService(view: GroupView, planned: IstioObject): Finding[] {
  const [host] = texts(planned.spec.hosts);
  const service = view.group.services.find((each) => serviceHost(each, view.group) === host);
  if (!service) return [];
  const common = { group: view.group.name, service: service.name, severity: "error" as const };
  const name = nameOf(planned);
  const live = liveObject(view, planned);
  if (!live) {
    const cause = `There is no VirtualService ${name}: requests to ${service.name} go to any version, whatever their lane.`;
    return [{ ...common, code: "ML040", lanes: allLanes(view), cause, fix: restorePlan }];
  }
  const laneOf = new Map(
    lanePorts(service).flatMap((port) =>
      serviceRulesAt(view.group, service, port).map(({ name, lane }) => [name, lane] as const),
    ),
  );
  const change = changesOf(planned, live, laneOf);
  const lanes = change?.lanes?.flatMap((lane) => lanesThrough(view, lane, service.name)) ?? allLanes(view);
  const found: Finding[] = change
    ? [
        {
          ...common,
          code: "ML041",
          lanes: [...new Set(lanes)],
          cause: `VirtualService ${name} was changed: ${someOf(change.words)}. Requests to ${service.name} may take another version or none.`,
          fix: restorePlan,
        },
      ]
    : [];
  for (const other of view.facts.istio) {
    if (other.kind !== "VirtualService" || isPlanned(view, other) || !reaches(view, other)) continue;
    if (
      !texts(other.spec.hosts).some(
        (candidate) => resolveHost(candidate, { ...view.group, namespace: other.namespace }) === host,
      )
    )
      continue;
    // Sidecars take one VirtualService per host: the oldest.
    const older = other.createdAt < live.createdAt;
    found.push({
      ...common,
      code: "ML042",
      severity: older ? "error" : "warning",
      lanes: allLanes(view),
      cause: `VirtualService ${other.namespace}/${other.name} routes ${host} in sidecars too. They take the older one of a host, ${older ? "which is that one: the lanes' routes are not looked at" : "which is the lanes'; if that is recreated, it loses"}.`,
      fix: `${deleteCommand("virtualservice", other)}, or take ${host} out of its hosts.`,
    });
  }
  return found;
}

function checkEntry(view: GroupView, planned: IstioObject): Finding[] {
  const { entry } = view.group;
  const common = { group: view.group.name, service: entry.service, severity: "error" as const };
  const name = nameOf(planned);
  const live = liveObject(view, planned);
  if (!live) {
    const cause = `There is no VirtualService ${name}: the gateway has no route for the group, which gives 404.`;
    return [{ ...common, code: "ML043", lanes: allLanes(view), cause, fix: restorePlan }];
  }
  const laneOf = new Map(
    entryRules(view.group).flatMap(({ name: rule, lane }) => (lane ? [[rule, lane] as const] : [])),
  );
  const change = changesOf(planned, live, laneOf);
  const lanes = change?.lanes ?? allLanes(view);
  return [
    ...(change
      ? [
          {
            ...common,
            code: "ML044" as const,
            lanes: [...new Set(lanes)],
            cause: `VirtualService ${name} of the entry was changed: ${someOf(change.words)}. Requests that should enter get 404 or another lane.`,
            fix: restorePlan,
          },
        ]
      : []),
    ...view.facts.istio.flatMap((other): Finding[] => {
      if (other.kind !== "VirtualService" || isPlanned(view, other)) return [];
      const shadow = shadowing(view, live, other);
      if (!shadow) return [];
      return [
        {
          ...common,
          code: "ML045",
          severity: shadow.always ? "error" : "warning",
          lanes: allLanes(view),
          cause: `VirtualService ${other.namespace}/${other.name} has the gateway ${entry.gateway} and host ${shadow.host} too and is older, so its routes come first: ${shadow.route} takes ${shadow.always ? "every request" : "some requests"} that should enter the lanes.`,
          fix: `${deleteCommand("virtualservice", other)}, or narrow its hosts or paths.`,
        },
      ];
    }),
  ];
}

interface Change {
  readonly words: string[];
  /** Undefined: all lanes. */
  readonly lanes?: readonly string[];
}

/** What was changed in a VirtualService, and whose routes: a route is known by its name, and by its place among those of that name. */
function changesOf(planned: IstioObject, live: IstioFact, laneOf: ReadonlyMap<string, string>): Change | undefined {
  const { http: plannedHttp, ...plannedRest } = planned.spec;
  const { http: liveHttp, ...liveRest } = live.spec;
  const words = differences(plannedRest, liveRest);
  const routes = byName(records(plannedHttp));
  const liveRoutes = byName(records(liveHttp));
  const lanes: string[] = [];
  let all = words.length > 0;
  for (const [key, route] of routes) {
    const name = String(route.name);
    const same = liveRoutes.get(key);
    const changes = same
      ? differences(route, same).map((change) => `route ${name}: ${change}`)
      : [`route ${name} is missing`];
    const lane = laneOf.get(name);
    if (changes.length > 0 && lane !== undefined) lanes.push(lane);
    all ||= changes.length > 0 && lane === undefined;
    words.push(...changes);
  }
  const added = [...liveRoutes].filter(([key]) => !routes.has(key));
  for (const [, route] of added) words.push(`route ${route.name ?? "without a name"} is not planned`);
  const order = [...liveRoutes.keys()].filter((key) => routes.has(key));
  const kept = [...routes.keys()].filter((key) => liveRoutes.has(key));
  const moved = order.some((key, index) => key !== kept[index]);
  if (moved) words.push("the order of its routes is another");
  if (words.length === 0) return undefined;
  return { words, ...(!all && added.length === 0 && !moved && { lanes }) };
}

type Route = Readonly<Record<string, unknown>>;

/** The baseline of a service with many lanes has two routes of one name: one in front of the lanes', one behind. */
function byName(routes: readonly Route[]): ReadonlyMap<string, Route> {
  const found = new Map<string, Route>();
  for (const route of routes) {
    let key = String(route.name);
    while (found.has(key)) key += "'";
    found.set(key, route);
  }
  return found;
}

function nameOf({ metadata }: IstioObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
