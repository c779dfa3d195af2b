import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../../tools/user-error";
import { validateAsm, validateAsmTogether } from "./asm/validate";
import { validatePolicies } from "./policy/validate";
import type { EntryRule } from "./rule-shape";
import { entryRules } from "./rules";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema, type MeshKind, type ReadLaneGroup } from "./spec";
import { validateUsers } from "./users/validate";
import { isEmptyMatch, validateEntry } from "./validate/entry";
import { validateEntryRoutes } from "./validate/entry-routes";
import { validateLanes } from "./validate/lanes";
import { validateMode } from "./validate/mode";
import { Problems, quote } from "./validate/problems";
import { validateScope } from "./validate/scope";
import { validateServices } from "./validate/services";
import { validateCookieNames, validateSticky } from "./validate/sticky";

/** A lane group of the right shape and its place in the config, such as `laneGroups[0]`. */
export interface LocatedGroup {
  readonly path: string;
  /** As it was written: a key that only some groups may have is not to be mistaken for a default. */
  readonly input: LaneGroupInput;
}

/** A lane group that was read, and its place. */
export interface PlacedInput extends LocatedGroup, ReadLaneGroup {}

/**
 * Everything that is wrong with these lane groups, each by itself and with one another. Empty: they can be rendered.
 *
 * @param mesh the kind of mesh they are to run on; what it cannot do is a problem too.
 * @throws ZodError for a group of the wrong shape.
 */
export function validateLaneGroups(located: readonly LocatedGroup[], mesh: MeshKind = "istio"): Problem[] {
  return judgeLaneGroups(
    located.map((one) => ({ ...one, group: laneGroupSchema.parse(one.input) })),
    mesh,
  );
}

/** The same of groups that were read already: to read a large one takes longer than to judge it. */
export function judgeLaneGroups(read: readonly PlacedInput[], mesh: MeshKind = "istio"): Problem[] {
  const problems = new Problems();
  for (const { path, input, group } of read) {
    validateServices(problems, path, group);
    validateLanes(problems, path, group);
    validateEntry(problems, path, input, group);
    validateEntryRoutes(problems, path, group);
    validateSticky(problems, path, group);
    validateUsers(problems, path, input, group);
    validateMode(problems, path, input, group, mesh);
    if (mesh === "asm") validateAsm(problems, path, input, group);
    validateScope(problems, path, group);
    validatePolicies(problems, path, group);
  }
  problems.duplicates(
    read.map(({ group }) => group.name),
    (index) => `${read[index]?.path}.name`,
    "lane group",
  );
  validateOwners(problems, read);
  validateOverlap(problems, read);
  validateCookieNames(problems, read);
  if (mesh === "asm") validateAsmTogether(problems, read);
  return problems.list;
}

export interface PlacedGroup {
  readonly path: string;
  readonly group: LaneGroup;
}

/** VirtualServices of one host do not merge in sidecars, so a service has one group. */
function validateOwners(problems: Problems, groups: readonly PlacedGroup[]): void {
  const owners = new Map<string, string>();
  for (const { path, group } of groups) {
    for (const [index, service] of group.services.entries()) {
      const key = `${service.namespace}/${service.name}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, group.name);
      else if (owner !== group.name) {
        const got = `service ${key} is in lane group ${owner} too`;
        problems.add(`${path}.services[${index}].name`, got, "one lane group per service", "Remove it from one group.");
      }
    }
  }
}

/** Two entry rules of one gateway, host and match: the second would never be taken. */
function validateOverlap(problems: Problems, groups: readonly PlacedGroup[]): void {
  const seen = new Map<string, { readonly group: string; readonly rule: EntryRule }>();
  for (const { path, group } of groups) {
    for (const rule of entryRules(group)) {
      const own = group.lanes.find((lane) => lane.name === rule.lane)?.match ?? [];
      if (rule.kind === "match" && own.some(isEmptyMatch)) continue;
      const condition = matchKey(rule);
      for (const host of group.entry.hosts) {
        const key = `${group.entry.gateway} ${host.toLowerCase()} ${condition}`;
        const earlier = seen.get(key);
        if (earlier === undefined) seen.set(key, { group: group.name, rule });
        else if (earlier.group !== group.name || earlier.rule.name !== rule.name) {
          if (sameAnswer(earlier.rule, rule)) continue;
          const got = `rule ${rule.name} has the same conditions as ${earlier.rule.name} (gateway ${group.entry.gateway}, host ${quote(host)})`;
          problems.add(pathOf(path, group, rule), got, "one rule per condition", "Change a match, path or host.");
          break;
        }
      }
    }
  }
}

/** Groups that share a host may answer preflights alike: which of them does it makes no difference. */
function sameAnswer(one: EntryRule, other: EntryRule): boolean {
  return one.kind === "preflight" && other.kind === "preflight" && isDeepStrictEqual(one.cors, other.cors);
}

function pathOf(path: string, group: LaneGroup, rule: EntryRule): string {
  if (rule.lane === undefined || rule.kind !== "match") return `${path}.entry`;
  return `${path}.lanes[${group.lanes.findIndex((lane) => lane.name === rule.lane)}]`;
}

function matchKey({ match }: EntryRule): string {
  const sorted = (entries: object) => Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    match.path ?? null,
    match.method ?? null,
    match.authority ?? null,
    sorted(match.headers),
    sorted(match.query),
  ]);
}
