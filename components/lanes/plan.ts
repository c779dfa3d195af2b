import { type DeclaredLanePort, declaredPorts } from "./ports";
import type { Lane, LaneGroup, LaneService } from "./spec";

/**
 * Why a service answers with the version it does:
 * `own` the lane has its own version of the service; `fallback` it has none and takes the baseline's;
 * `missing` it has none and there is nothing to fall back to (strict mode, refused by `validateLaneGroup`).
 */
export type PlanReason = "own" | "fallback" | "missing";

export interface PlanRow {
  readonly lane: string;
  readonly service: string;
  /** Undefined when the reason is `missing`. */
  readonly version: string | undefined;
  readonly reason: PlanReason;
}

/** Lane x service -> version and reason: lanes in the order of the spec, services within a lane likewise. */
export interface LanePlan {
  readonly group: string;
  readonly baseline: string | undefined;
  readonly rows: readonly PlanRow[];
  /** Ports of all services, in their order. A service's rows hold on each that is `laneable`, and on no other. */
  readonly ports: readonly PlanPort[];
}

/** A declared port of a service of the plan. */
export interface PlanPort extends DeclaredLanePort {
  readonly service: string;
}

/** Resolves every lane for every service. Nothing is left to be resolved at run time but a version that is down. */
export function planLaneGroup(group: LaneGroup): LanePlan {
  const baseline = group.lanes.find((lane) => lane.name === group.baseline);
  const rows = group.lanes.flatMap((lane) => group.services.map((service) => planRow(group, lane, service, baseline)));
  const ports = group.services.flatMap((service) =>
    declaredPorts(service).map((port) => ({ service: service.name, ...port })),
  );
  return { group: group.name, baseline: group.baseline, rows, ports };
}

function planRow(group: LaneGroup, lane: Lane, service: LaneService, baseline: Lane | undefined): PlanRow {
  const own = ownVersion(lane, service);
  if (own !== undefined) return { lane: lane.name, service: service.name, version: own, reason: "own" };
  // A strict lane never borrows: a hole would let requests leave their lane unseen.
  const fallback = group.mode === "permissive" && baseline ? ownVersion(baseline, service) : undefined;
  if (fallback === undefined) return { lane: lane.name, service: service.name, version: undefined, reason: "missing" };
  return { lane: lane.name, service: service.name, version: fallback, reason: "fallback" };
}

/** The version a lane itself has of a service; undefined when it has none. */
export function ownVersion(lane: Lane, service: LaneService): string | undefined {
  if (lane.services && !lane.services.includes(service.name)) return undefined;
  const version = Object.hasOwn(lane.versions, service.name) ? lane.versions[service.name] : lane.version;
  return version !== undefined && declares(service, version) ? version : undefined;
}

const declared = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Whether a service has a version. Large groups are asked for each lane, service and rule, and neither is ever changed. */
export function declares({ versions }: LaneService, version: string): boolean {
  const known = declared.get(versions) ?? new Set(versions);
  declared.set(versions, known);
  return known.has(version);
}

/** What a group has under a name: of two of one name, which a check refuses, the first. */
interface Named {
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly services: ReadonlyMap<string, LaneService>;
}

const namedOf = new WeakMap<LaneGroup, Named>();

function namedIn(group: LaneGroup): Named {
  const byName = <Item extends { readonly name: string }>(items: readonly Item[]): ReadonlyMap<string, Item> =>
    new Map(items.map((item) => [item.name, item] as const).reverse());
  const known = namedOf.get(group) ?? { lanes: byName(group.lanes), services: byName(group.services) };
  namedOf.set(group, known);
  return known;
}

/** The service of a name. */
export function serviceNamed(group: LaneGroup, name: string): LaneService | undefined {
  return namedIn(group).services.get(name);
}

/** The services that a service of this name calls; none of those that the group does not have. */
export function calledServices(group: LaneGroup, name: string): LaneService[] {
  return (serviceNamed(group, name)?.calls ?? []).flatMap((callee) => serviceNamed(group, callee) ?? []);
}

/** {@link ownVersion} by names; undefined as well when the group has no such lane or service. */
export function versionOf(group: LaneGroup, laneName: string, serviceName: string): string | undefined {
  const { lanes, services } = namedIn(group);
  const [lane, service] = [lanes.get(laneName), services.get(serviceName)];
  return lane && service && ownVersion(lane, service);
}

/** The versions of a service that lanes have of their own, each once, sorted. */
export function laneVersions({ lanes }: LaneGroup, service: LaneService): string[] {
  return [...new Set(lanes.flatMap((lane) => ownVersion(lane, service) ?? []))].sort();
}
