import { asRecord, records, type UnknownRecord } from "../../../tools/values";
import { selects } from "../../lanes/labels";
import { ownVersion } from "../../lanes/plan";
import { servicePolicySchema } from "../../lanes/policy/shape";
import { type LaneGroupInput, laneGroupSchema } from "../../lanes/spec";
import type { Names } from "../calls";
import type { Findings } from "../finding";
import type { KubeService } from "../inventory";
import type { ProposedService } from "../proposal";
import { destinationsOf, type ServiceRules } from "../routes";
import { furtherPorts } from "../select";
import { versionIn } from "../told-versions";

type EntryPolicy = NonNullable<LaneGroupInput["entry"]["policy"]>;
export type Mirror = NonNullable<EntryPolicy["mirror"]>;

/** A route of somebody's VirtualService, as it is written. */
export interface WrittenRoute {
  /** `VirtualService shop/cart, http[0]` */
  readonly where: string;
  readonly route: UnknownRecord;
  /** In which short names of Services are meant. */
  readonly namespace: string;
}

/** Copies of requests that the proposal has not, and why. */
export interface LeftMirror {
  readonly where: string;
  readonly why: string;
}

/** What the copies of the routes of one place are in a lane group: one mirror, or none, and what is left of them. */
export interface CommonMirror {
  readonly mirror?: Mirror;
  readonly left: readonly LeftMirror[];
}

/** What a group has to be known by, to say whether a mirror of somebody's is one of its own. */
export interface MirrorContext {
  readonly group: LaneGroupInput;
  readonly services: readonly ProposedService[];
  readonly rules: readonly ServiceRules[];
  readonly names: Names;
}

/**
 * Copies as `policy.mirror` has them: of all requests that lead to the baseline's version of a service and of no others, to the version
 * that one lane has of the same service.
 *
 * @param routes all that lead somewhere, of one service within the mesh or of the entry.
 * @param only the service that they are about; undefined: each about the one it leads to.
 */
export function commonMirror(
  context: MirrorContext,
  routes: readonly WrittenRoute[],
  only?: KubeService,
): CommonMirror {
  if (!routes.some(({ route }) => isCopied(route))) return { left: [] };
  const judged = routes.map((each) => ({ ...each, ...judgedRoute(context, each, only) }));
  const copied = judged.filter(({ route }) => isCopied(route));
  const [first] = copied;
  const differs = (one: Mirror | undefined, other: Mirror | undefined) =>
    one?.lane !== other?.lane || one?.percent !== other?.percent;
  const left = copied.flatMap(({ where, why, mirror }): LeftMirror[] => {
    if (why !== undefined) return [{ where, why }];
    const other = judged.find((each) => each.meetsBaseline && differs(each.mirror, mirror));
    if (!other) return [];
    return [{ where, why: `${nameBeside(other.where, where)} leads to the baseline too, and has none or others` }];
  });
  return left.length === 0 && first?.mirror ? { mirror: first.mirror, left } : { left };
}

/** Those of routes that are not looked at any further, for one reason. */
export function leftMirrors(routes: readonly WrittenRoute[], why: string): LeftMirror[] {
  return routes.filter(({ route }) => isCopied(route)).map(({ where }) => ({ where, why }));
}

export function adviseMirrors(findings: Findings, left: readonly LeftMirror[]): void {
  for (const { where, why } of left)
    findings.add(
      "note",
      where,
      `copies of its requests are left out: ${why}`,
      "copies of the baseline's requests, which go to the version that a lane has of the same service",
      "Nothing to do while that route stays; else write policy.mirror, if lanes are to have it (docs/policies.md).",
    );
}

function isCopied(route: UnknownRecord): boolean {
  return route.mirror !== undefined || records(route.mirrors).length > 0;
}

/** Of one object only the route, `http[1]`. */
function nameBeside(other: string, where: string): string {
  const [object, place] = other.split(", ");
  return object === where.split(", ")[0] && place !== undefined ? place : other;
}

interface Judged {
  readonly mirror?: Mirror;
  readonly why?: string;
  /** Whether some of its requests reach the baseline's version. */
  readonly meetsBaseline: boolean;
}

function judgedRoute(
  context: MirrorContext,
  { route, namespace }: WrittenRoute,
  only: KubeService | undefined,
): Judged {
  const lead = leadOf(context, route, namespace, only);
  if ("why" in lead) return lead;
  const { proposed, versions } = lead;
  const { baseline } = proposed.versions;
  const meetsBaseline = versions.includes(baseline);
  if (!isCopied(route)) return { meetsBaseline };
  if (versions.length > 1 || !meetsBaseline) {
    const to = versions.length > 1 ? `${versions.slice(0, -1).join(", ")} and ${versions.at(-1)}` : versions.join();
    const why = `the route leads to ${to}, and policy.mirror copies the requests of ${baseline}, the baseline, alone`;
    return { why, meetsBaseline };
  }
  return { ...mirrorOf(context, route, namespace, proposed), meetsBaseline };
}

/** The service of the group that a route leads to, and the versions of it. */
function leadOf(
  { names, services, rules }: MirrorContext,
  route: UnknownRecord,
  namespace: string,
  only: KubeService | undefined,
): { readonly proposed: ProposedService; readonly versions: readonly string[] } | (Judged & { readonly why: string }) {
  const destinations = destinationsOf(route).filter(({ weight }) => weight > 0);
  const found = destinations.map(({ host }) => names.find(host, namespace));
  const other = destinations.find((_, index) => found[index] !== (only ?? found[0]));
  const [first] = found;
  const proposed = services.find(({ service }) => service === (only ?? first));
  if (other && only) {
    return {
      why: `the route leads to ${other.host}, and policy.mirror copies requests to ${only.name}`,
      meetsBaseline: false,
    };
  }
  if (other || !proposed)
    return { why: "the route leads to several services, or to another than one of the lanes", meetsBaseline: true };
  const versions = new Set<string>();
  for (const { subset } of destinations) {
    if (subset === undefined) for (const each of proposed.versions.versions) versions.add(each);
    else {
      const version = versionOfSubset(rules, proposed, subset);
      if (version === undefined) {
        const why = `the route leads to subset ${subset} of ${proposed.service.name}, which is not one of its versions in the proposal`;
        // Pods of the baseline may be among them.
        return { why, meetsBaseline: true };
      }
      versions.add(version);
    }
  }
  return { proposed, versions: [...versions].sort() };
}

function mirrorOf(
  { group, names, rules }: MirrorContext,
  route: UnknownRecord,
  namespace: string,
  proposed: ProposedService,
): Pick<Judged, "mirror" | "why"> {
  const { name } = proposed.service;
  const all = copiesOf(route);
  const [copy] = all;
  if (!copy || all.length > 1) return { why: `there are ${all.length} of each request, and policy.mirror has one` };
  const { host, subset, port } = copy.destination;
  if (typeof host !== "string") return { why: "they name no host" };
  const target = names.find(host, namespace);
  if (typeof target !== "object") return { why: `they go to ${host}, of which no Service was read` };
  if (target !== proposed.service)
    return { why: `they go to ${target.name}, and policy.mirror to a version of ${name}` };
  const { number } = asRecord(port);
  const own = proposed.main.port.port;
  if (number !== undefined && number !== own)
    return { why: `they go to port ${String(number)}, and requests of lanes to ${own}` };
  if (number !== undefined && furtherPorts(proposed).length > 0)
    return {
      why: `they go to port ${own}, and policy.mirror to the port of each request, of which ${name} has several`,
    };
  if (typeof subset !== "string")
    return { why: `they go to all pods of ${name}, and policy.mirror to those of one version` };
  const known = rules.some(
    ({ service, subsets }) => service === target && subsets.some((each) => each.name === subset),
  );
  if (!known) return { why: `subset ${subset} of ${name} is none of a DestinationRule that was read` };
  const version = versionOfSubset(rules, proposed, subset);
  if (version === undefined) return { why: `subset ${subset} of ${name} is not one of its versions in the proposal` };
  if (version === proposed.versions.baseline)
    return { why: `they go to ${version}, the baseline's own version of ${name}` };
  const { lanes, baseline, services } = laneGroupSchema.parse(group);
  const service = services.find((each) => each.name === name);
  const lane = lanes.find((each) => each.name !== baseline && service && ownVersion(each, service) === version);
  if (!lane) return { why: `no lane of the proposal has version ${version} of ${name}` };
  const mirror = { lane: lane.name, percent: copy.percent };
  if (servicePolicySchema.safeParse({ mirror }).success) return { mirror };
  return { why: `${copy.percent} % is no share that a lane group can say` };
}

interface Copy {
  readonly destination: UnknownRecord;
  readonly percent: number;
}

/** Without a percentage all requests are copied; `mirrorPercent` is Istio's older field for it, under two names. */
function copiesOf({
  mirror,
  mirrors,
  mirrorPercentage,
  mirror_percent: snake,
  mirrorPercent = snake,
}: UnknownRecord): Copy[] {
  const percent = (written: unknown, other = 100) =>
    written === undefined ? other : Number(asRecord(written).value ?? 0);
  const older = typeof mirrorPercent === "number" ? mirrorPercent : undefined;
  return [
    ...(mirror === undefined ? [] : [{ destination: asRecord(mirror), percent: percent(mirrorPercentage, older) }]),
    ...records(mirrors).map(({ destination, percentage }) => ({
      ...{ destination: asRecord(destination), percent: percent(percentage) },
    })),
  ];
}

/** The version of which a subset selects all pods and no others, as far as workloads tell; of two of a name the first counts. */
function versionOfSubset(
  rules: readonly ServiceRules[],
  { service, workloads, told }: ProposedService,
  subset: string,
): string | undefined {
  const found = rules
    .filter((rule) => rule.service === service)
    .flatMap(({ subsets }) => subsets)
    .find(({ name }) => name === subset);
  if (!found) return undefined;
  const version = versionIn(found.labels, told);
  const picked = workloads.filter(({ labels }) => selects(found.labels, labels));
  const own = workloads.filter(({ labels }) => versionIn(labels, told) === version);
  const same = picked.length === own.length && picked.every((workload) => own.includes(workload));
  return version !== undefined && picked.length > 0 && same ? version : undefined;
}
