import type { EntryRule } from "../rule-shape";
import { isDraining, type LaneGroup, type LaneGroupInput, reject, type StringMatch } from "../spec";
import { isHeaderName } from "../syntax";
import { type Problems, quote } from "../validate/problems";
import { hasOwnLabels } from "../version-labels";
import { swimlaneEntry, swimlaneRules } from "./entry";
import { type Propagation, propagatesIn, propagationOf } from "./propagation";
import { validatePatches } from "./validate-patches";

const useRoutes = "use asmWay: routes";
const usePatches = `${useRoutes}, or set asmPatches: true: ASM's patches, to be tried out on an instance first (docs/asm.md)`;

/** What of a group has no equal on ASM in the group's way. Nothing is left out in silence. */
export function validateAsm(problems: Problems, at: string, input: LaneGroupInput, group: LaneGroup): void {
  validateTraceHeader(problems, at, group);
  validateUser(problems, at, group);
  validateVersionLabels(problems, at, group);
  if (group.asmWay !== "swimlanes") {
    if (!group.asmPatches) return;
    const got = "asmPatches with asmWay: routes, which writes every policy into the routes themselves";
    problems.add(`${at}.asmPatches`, got, "asmPatches with asmWay: swimlanes", "Remove asmPatches.");
    return;
  }
  refuseKeys(problems, at, group, ["responseHeaders", "scope"]);
  if (group.asmPatches) validatePatches(problems, at, group);
  else refuseKeys(problems, at, group, ["policy"], usePatches);
  validateServices(problems, at, input, group);
  validateLanes(problems, at, group);
  validateEntry(problems, at, group);
}

/** Keys that a swimlane has no field for. */
function refuseKeys<Key extends string>(
  problems: Problems,
  at: string,
  part: { readonly [key in Key]?: unknown },
  keys: readonly Key[],
  instead?: string,
): void {
  for (const key of keys) {
    if (!part[key]) continue;
    const fix = instead === undefined ? `Remove ${key}, or ${useRoutes}.` : `Remove ${key}, ${instead}.`;
    problems.add(`${at}.${key}`, `${key} with swimlanes`, `no ${key} in swimlanes`, fix);
  }
}

/** What ASM writes for callers, and what a swimlane selects pods by, is one label of all services. */
function validateVersionLabels(problems: Problems, at: string, group: LaneGroup): void {
  const swimlanes = group.asmWay === "swimlanes";
  const tellsCallers = propagationOf(group)?.kind === "TrafficLabel" && group.mode === "strict";
  if (!swimlanes && !tellsCallers) return;
  const why = swimlanes
    ? "a swimlane selects the pods of all its services by one label, whose value is the version"
    : "ASM's TrafficLabel tells a strict caller's lane by one label of all services, whose value is the version";
  group.services.forEach((service, index) => {
    if (!hasOwnLabels(group, service)) return;
    const key = service.versionLabels ? "versionLabels" : "versionLabel";
    const got = `${key} of ${service.name}: ${why}`;
    const other = swimlanes ? useRoutes : "use mode permissive, whose routes match a header";
    const expected = swimlanes
      ? `no ${key} of a service in swimlanes`
      : `no ${key} of a service in strict groups on ASM`;
    problems.add(
      `${at}.services[${index}].${key}`,
      got,
      expected,
      `Give its pods the label ${group.versionLabel}, or ${other}.`,
    );
  });
}

/** By which hash a gateway of ASM deals users only its own plug-in tells, and it writes a header that lanes can be entered by. */
function validateUser(problems: Problems, at: string, { entry }: LaneGroup): void {
  if (!entry.user) return;
  const got = "shares of users: on ASM its Hash tagging plug-in deals them";
  const fix =
    "Remove user and the weights, and let the plug-in write entry.header with the lane's name; or use sticky.";
  problems.add(`${at}.entry.user`, got, "no user on ASM", fix);
}

/** A trace id's header; `baggage` and the route header itself are right on every mesh. */
function validateTraceHeader(problems: Problems, at: string, { routeHeader, traceHeader }: LaneGroup): void {
  if (traceHeader === undefined || traceHeader === routeHeader || isHeaderName(traceHeader)) return;
  const expected = "baggage, the same as routeHeader, or a trace id's header such as x-request-id";
  problems.add(`${at}.traceHeader`, `got ${quote(traceHeader)}`, expected, "Write the name in lower case.");
}

function validateServices(problems: Problems, at: string, input: LaneGroupInput, group: LaneGroup): void {
  if (group.mode === "strict" && group.baseline !== undefined) {
    const got = "a baseline in strict swimlanes: ASM has no lane for callers outside of the lanes";
    const fix = `Remove baseline, and name the lane as entry.unmatched, or ${useRoutes}.`;
    problems.add(`${at}.baseline`, got, "no baseline in strict swimlanes", fix);
  }
  group.services.forEach((service, index) => {
    const path = `${at}.services[${index}]`;
    refuseKeys(problems, path, service, ["ports"]);
    if (!group.asmPatches) refuseKeys(problems, path, service, ["policy", "traffic"], usePatches);
    if (service.http2 !== undefined) {
      const got = `got ${quote(service.http2)}: swimlanes make their subsets themselves`;
      problems.add(`${path}.http2`, got, "no http2 in swimlanes", `Remove http2, or ${useRoutes}.`);
    }
    if (group.mode === "permissive" && !service.fallback) {
      const where = input.services[index]?.fallback === undefined ? `${at}.fallback` : `${path}.fallback`;
      const got = `fallback: false for ${service.name}: permissive swimlanes always fall back`;
      problems.add(where, got, "true in swimlanes", `Remove fallback: false, or ${useRoutes}.`);
    }
  });
}

function validateLanes(problems: Problems, at: string, group: LaneGroup): void {
  group.lanes.forEach((lane, index) => {
    const path = `${at}.lanes[${index}]`;
    refuseKeys(problems, path, lane, ["policy"]);
    for (const [service, version] of Object.entries(lane.versions)) {
      if (version === lane.version) continue;
      const got = `${service} has version ${quote(version)}, the lane ${quote(lane.version)}`;
      const expected = "one version for all services of a swimlane: it has one label selector";
      problems.add(
        `${path}.versions.${service}`,
        got,
        expected,
        `Give the pods of one lane the same label, or ${useRoutes}.`,
      );
    }
    const [match, ...others] = lane.match;
    if (!match) return;
    if (others.length > 0) {
      const got = `a list of ${lane.match.length} conditions: a swimlane's rules are not alternatives`;
      problems.add(`${path}.match`, got, "one set of conditions", `Keep one, or ${useRoutes}.`);
    }
    const used = [
      ["cookies", Object.keys(match.cookies)],
      ["query", Object.keys(match.query)],
      ["hosts", match.hosts],
      ["method", match.method ? [match.method.value] : []],
    ] as const;
    for (const [key, names] of used) {
      if (names.length === 0) continue;
      const got = `a swimlane's rule cannot match ${key} (${names.join(", ")})`;
      const fix = `Match headers or the path${key === "hosts" ? ", put the hosts into entry.hosts" : ""}, or ${useRoutes}.`;
      problems.add(`${path}.match.${key}`, got, "headers and path", fix);
    }
  });
}

function validateEntry(problems: Problems, at: string, group: LaneGroup): void {
  refuseKeys(problems, `${at}.entry`, group.entry, ["policy"]);
  if (group.entry.routes.length > 0) {
    const got = `${group.entry.routes.length} routes: a swimlane group enters at one service`;
    problems.add(`${at}.entry.routes`, got, "no routes in swimlanes", `Remove them, or ${useRoutes}.`);
    return;
  }
  const entry = swimlaneEntry(group);
  const rules = swimlaneRules(group);
  if (entry.kind === "pass-through") {
    group.lanes.forEach((lane, index) => {
      if (!isDraining(lane)) return;
      const got = `${lane.name} drains, and clients name their lane in the route header, which no gateway judges`;
      problems.add(`${at}.lanes[${index}].state`, got, "no lane that drains", `Remove the lane, or ${useRoutes}.`);
    });
    return;
  }
  if (entry.kind === "rules") {
    validateDisjoint(problems, at, group, rules);
    return;
  }
  if (group.entry.sticky) {
    const got = "sticky weights: a swimlane's answer sets no cookie";
    problems.add(`${at}.entry.sticky`, got, "false with weights in swimlanes", `Set sticky: false, or ${useRoutes}.`);
  }
  for (const rule of rules) {
    if (rule.kind !== "match") continue;
    const got = `lane ${rule.lane} is entered by a match, others by weight`;
    const expected = "swimlanes all entered by weight, or all by match";
    const path = `${at}.lanes[${group.lanes.findIndex((lane) => lane.name === rule.lane)}]`;
    problems.add(path, got, expected, `Enter all lanes in one way, or ${useRoutes}.`);
  }
}

/** ASM does not say which lane's rule it tries first, so no request may fit two of them. */
function validateDisjoint(problems: Problems, at: string, group: LaneGroup, rules: readonly EntryRule[]): void {
  rules.forEach((rule, index) => {
    const other = rules.slice(0, index).find((earlier) => earlier.lane !== rule.lane && !areDisjoint(earlier, rule));
    if (!other) return;
    const unmatched = rule.kind === "unmatched";
    const laneIndex = group.lanes.findIndex((lane) => lane.name === rule.lane);
    const path = unmatched ? `${at}.entry.unmatched` : `${at}.lanes[${laneIndex}]`;
    const got = `a request can fit the rules of lanes ${other.lane} and ${rule.lane}, and ASM does not say which one it tries first`;
    const expected = "rules of which a request fits one at most: exact values of one header, or exact paths";
    const fix = unmatched
      ? `Set unmatched: ${reject} and enter lane ${rule.lane} by the header, or ${useRoutes}.`
      : `Match exact values of one header, or ${useRoutes}.`;
    problems.add(path, got, expected, fix);
  });
}

function areDisjoint({ match: a }: EntryRule, { match: b }: EntryRule): boolean {
  if (differ(a.path, b.path)) return true;
  return Object.entries(a.headers).some(([name, value]) => differ(value, b.headers[name]));
}

function differ(a: StringMatch | undefined, b: StringMatch | undefined): boolean {
  return a?.kind === "exact" && b?.kind === "exact" && a.value !== b.value;
}

interface PlacedGroup {
  readonly path: string;
  readonly group: LaneGroup;
}

/** What two groups on one ASM instance may not have in common. */
export function validateAsmTogether(problems: Problems, groups: readonly PlacedGroup[]): void {
  validateSwimlaneNames(problems, groups);
  validatePropagation(problems, groups);
}

/** Swimlanes are cluster-scoped and named after their lanes. */
function validateSwimlaneNames(problems: Problems, groups: readonly PlacedGroup[]): void {
  const owners = new Map<string, string>();
  for (const { path, group } of groups) {
    if (group.asmWay !== "swimlanes") continue;
    group.lanes.forEach((lane, index) => {
      const owner = owners.get(lane.name);
      if (owner === undefined) owners.set(lane.name, group.name);
      else if (owner !== group.name) {
        const got = `lane ${lane.name} is in lane group ${owner} too`;
        const expected = "names of swimlanes that no other group uses: an ASMSwimLane has no namespace";
        problems.add(`${path}.lanes[${index}].name`, got, expected, `Rename one of them, or ${useRoutes}.`);
      }
    });
  }
}

/**
 * Whether two objects of one kind stand beside each other that are for the same pods and say different things is in no document of
 * ASM, so it is refused.
 */
function validatePropagation(problems: Problems, groups: readonly PlacedGroup[]): void {
  groups.forEach(({ path, group }, index) => {
    const own = propagationOf(group);
    if (own === undefined) return;
    const earlier = groups.slice(0, index).map((each) => each.group);
    const other = earlier.find((each) => sharePods(each, group) && contradicts(propagationOf(each), own));
    const others = other && propagationOf(other);
    if (!others) return;
    const strict = group.mode === "strict";
    const got = `its ${own.kind} writes ${written(own)}, that of lane group ${other.name} for the same pods ${written(others)}`;
    const expected = `one ${own.kind} for the pods of a namespace, or two that say the same`;
    const shared = strict && other.mode === "strict" ? "one version label" : "one route header and one trace header";
    const fix =
      group.mode === other.mode
        ? `Use ${shared} in both, or another namespace.`
        : "Put one of them into another namespace.";
    problems.add(`${path}.${strict ? "versionLabel" : "routeHeader"}`, got, expected, fix);
  });
}

function contradicts(a: Propagation | undefined, b: Propagation): boolean {
  return a?.kind === b.kind && written(a) !== written(b);
}

function sharePods(a: LaneGroup, b: LaneGroup): boolean {
  const [ofA, ofB] = [propagatesIn(a), propagatesIn(b)];
  return ofA === "all" || ofB === "all" || ofA.some((namespace) => ofB.includes(namespace));
}

function written(propagation: Propagation): string {
  const { header } = propagation;
  return propagation.kind === "TrafficLabel" ? `${header} from ${propagation.from}` : header;
}
