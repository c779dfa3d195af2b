import type { StringMatch } from "../../components/lanes/spec";
import { covers as isCovered } from "../../components/lanes/text-match/match";
import { asRecord } from "../../tools/values";
import { isIstio, list, objectName, type PolicyResource, type StackRule, text, type Violation } from "../resource";

/** Conditions of one alternative of a route; a key is `uri`, `header x`, `query q` and so on. */
type Conditions = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

interface EntryRoute {
  readonly resource: PolicyResource;
  /** Name of the route, which says whose it is: `<group>/entry/<lane>`. */
  readonly name: string;
  readonly position: number;
  /** One of them must hold; a route without a match has one that is empty. */
  readonly alternatives: readonly Conditions[];
}

/**
 * No request of one lane is taken by the rule of another. Of the routes of one gateway and host the first that fits is
 * taken: a lane whose requests all fit an earlier one can never be entered, as with a prefix `s2` before `s20`. Between
 * two objects of the same host Istio keeps no order that could be relied upon.
 */
export const distinctLanes: StackRule = (resources) => {
  const violations: Violation[] = [];
  const routes = byGatewayAndHost(resources.filter((resource) => isIstio(resource, "VirtualService")));
  const reported = new Set<string>();
  for (const [where, same] of routes) {
    for (const later of same) {
      const shadow = same.find((earlier) => comesFirst(earlier, later) && shadows(earlier, later));
      const key = `${shadow?.name} ${later.name}`;
      if (!shadow || reported.has(key)) continue;
      reported.add(key);
      violations.push({
        urn: later.resource.urn,
        message:
          `Route ${later.name} of VirtualService ${objectName(later.resource)} is never taken at ${where}: ` +
          `${shadow.name} of ${objectName(shadow.resource)} takes all its requests. ` +
          "Match exact values, name the lanes apart, or give the groups hosts or paths of their own.",
      });
    }
  }
  return violations;
};

function byGatewayAndHost(resources: readonly PolicyResource[]): Map<string, EntryRoute[]> {
  const routes = new Map<string, EntryRoute[]>();
  for (const resource of resources) {
    const spec = asRecord(resource.props.spec);
    const own = list(spec.http).map((item, position): EntryRoute => {
      const { name, match } = asRecord(item);
      const alternatives = list(match).map(conditions);
      return {
        ...{ resource, position, name: text(name, `${position}`) },
        alternatives: alternatives.length > 0 ? alternatives : [new Map()],
      };
    });
    for (const gateway of list(spec.gateways).map((each) => text(each))) {
      if (gateway === "mesh") continue;
      for (const host of list(spec.hosts)) {
        const where = `gateway ${gateway}, host ${text(host)}`;
        routes.set(where, [...(routes.get(where) ?? []), ...own]);
      }
    }
  }
  return routes;
}

function conditions(match: unknown): Conditions {
  const { headers, queryParams, withoutHeaders, ...rest } = asRecord(match);
  const named = (prefix: string, map: unknown) =>
    Object.entries(asRecord(map)).map(([key, value]) => [`${prefix} ${key}`, asRecord(value)] as const);
  const own = Object.entries(rest)
    // A name, and not a condition.
    .filter(([key]) => key !== "name")
    .map(([key, value]) => [key, typeof value === "object" ? asRecord(value) : { exact: value }] as const);
  return new Map([
    ...named("header", headers),
    ...named("query", queryParams),
    ...named("without", withoutHeaders),
    ...own,
  ]);
}

function comesFirst(one: EntryRoute, other: EntryRoute): boolean {
  if (one.resource.urn !== other.resource.urn) return true;
  return one.position < other.position;
}

function shadows(earlier: EntryRoute, later: EntryRoute): boolean {
  return later.alternatives.every((wanted) => earlier.alternatives.some((given) => covers(given, wanted)));
}

/** Whether whatever fits the wanted conditions fits the given ones too. */
function covers(given: Conditions, wanted: Conditions): boolean {
  return [...given].every(([key, condition]) => {
    const other = wanted.get(key);
    if (other === undefined) return false;
    // What has to be absent is the other way round: without any `a` there is no `ab` either.
    return key.startsWith("without ") ? impliedBy(other, condition) : impliedBy(condition, other);
  });
}

function impliedBy(condition: Readonly<Record<string, unknown>>, by: Readonly<Record<string, unknown>>): boolean {
  // `{}` means that the header is there.
  if (Object.keys(condition).length === 0) return true;
  const [wide, narrow] = [toMatch(condition), toMatch(by)];
  // What no text is compared with, such as a port, must be the same.
  if (!wide || !narrow) return JSON.stringify(condition) === JSON.stringify(by);
  return isCovered(wide, narrow);
}

function toMatch(condition: Readonly<Record<string, unknown>>): StringMatch | undefined {
  const [[kind, value] = [], ...rest] = Object.entries(condition);
  if (rest.length > 0 || (kind !== "exact" && kind !== "prefix" && kind !== "regex")) return undefined;
  return { kind, value: typeof value === "string" ? value : JSON.stringify(value) };
}
