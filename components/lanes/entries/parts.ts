import { serviceNamed } from "../plan";
import { type EntryRoute, type LaneGroup, type LaneService, reject } from "../spec";

/** Requests of the entry that go to one service: those of a route, or the rest. */
export interface EntryPart {
  /** Undefined: what fits no route. */
  readonly route: EntryRoute | undefined;
  readonly service: LaneService;
  /** How the names of its rules begin. */
  readonly name: string;
}

/**
 * The parts of a group's entry, in the order in which they are tried. One whose service the group does not have, which
 * `validateLaneGroup` refuses, is none.
 */
export function entryParts(group: LaneGroup): EntryPart[] {
  const { name, entry } = group;
  const routes = entry.routes.map((route) => ({ route, service: route.service, name: `${name}/entry/${route.name}` }));
  const rest = { route: undefined, service: entry.service, name: `${name}/entry` };
  return (entry.rest === reject ? routes : [...routes, rest]).flatMap((part): EntryPart[] => {
    const service = serviceNamed(group, part.service);
    return service ? [{ ...part, service }] : [];
  });
}

/** The services that the gateway sends requests to, each once, in the order of the spec. */
export function entryServices(group: LaneGroup): LaneService[] {
  const services = new Set(entryParts(group).map(({ service }) => service));
  return group.services.filter((service) => services.has(service));
}

/** A service and all that its calls lead to. */
export function reachedFrom({ services }: LaneGroup, first: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const left = [first];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    left.push(...(services.find((service) => service.name === name)?.calls ?? []));
  }
  return reached;
}
