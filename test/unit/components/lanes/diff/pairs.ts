import { validateMirrors } from "../../../../../components/lanes/policy/mirror/validate";
import { entryRules } from "../../../../../components/lanes/rules";
import type { Lane, LaneGroup } from "../../../../../components/lanes/spec";
import { validateLanes } from "../../../../../components/lanes/validate/lanes";
import { validateSources } from "../../../../../components/lanes/validate/mode";
import { Problems } from "../../../../../components/lanes/validate/problems";
import { randomGroups } from "../../../../e2e/scenarios/truth/groups";
import { type Random, randomValues } from "../../../../random";

/** Two configs: lane groups before and after a change. */
export interface Pair {
  readonly before: readonly LaneGroup[];
  readonly after: readonly LaneGroup[];
}

interface PairOptions {
  /** Groups of each config. */
  readonly size?: number;
  readonly placed?: { readonly namespace: string; readonly gateway: string };
}

/**
 * A config of groups that share hosts, and the same after a change: weights, order, versions, baselines, lanes that come or
 * go, other conditions, other hosts, whole groups.
 */
export function randomPairs(seed: number, count: number, options: PairOptions = {}): Pair[] {
  const { size = 3, placed = { namespace: "truth", gateway: "truth/truth" } } = options;
  // A group takes long to find, a change does not: each config is changed in several ways.
  const pool = Math.ceil(count / 6) * size;
  const [groups, others] = [randomGroups(seed, pool, placed), randomGroups(seed + pool, pool, placed)];
  return randomValues(seed, count, (random, pair) => {
    const start = (pair * size) % pool;
    const before = groups.slice(start, start + size);
    const after = before.flatMap((group, index) => {
      if (random.chance(30)) return [group];
      if (random.chance(10)) return [];
      return [random.chance(35) ? (others[start + index] ?? group) : changed(random, group)];
    });
    return random.chance(50) ? { before, after } : { before: after, after: before };
  });
}

function changed(random: Random, group: LaneGroup): LaneGroup {
  const result = random.pick(changes)(random, group);
  return isValid(result) ? result : group;
}

/** Whether what is left of a group would be taken: nobody may be able to enter it, or its baseline may have a hole. */
function isValid(group: LaneGroup): boolean {
  const problems = new Problems();
  validateLanes(problems, group.name, group);
  validateMirrors(problems, group.name, group);
  if (group.mode === "strict") validateSources(problems, group.name, group);
  return problems.list.length === 0 && entryRules(group).length > 0;
}

type Change = (random: Random, group: LaneGroup) => LaneGroup;

const withLanes = (group: LaneGroup, lanes: readonly Lane[]): LaneGroup => ({ ...group, lanes });

const changes: readonly Change[] = [
  (random, group) => withLanes(group, random.shuffled(group.lanes)),
  (random, group) => {
    const weights = random.shuffled(group.lanes.map((lane) => lane.weight));
    if (!weights.some((weight) => weight !== undefined)) return group;
    return withLanes(
      group,
      group.lanes.map(({ weight: _weight, ...lane }, index) => {
        const weight = weights[index];
        return { ...lane, ...(weight !== undefined && { weight }) };
      }),
    );
  },
  (random, group) => {
    const kept = group.lanes.filter((lane) => lane.name === group.baseline || lane.name === group.entry.unmatched);
    const free = group.lanes.filter((lane) => !kept.includes(lane) && lane.weight === undefined);
    const gone = free.length > 0 ? random.pick(free) : undefined;
    return withLanes(
      group,
      group.lanes.filter((lane) => lane !== gone),
    );
  },
  (random, group) => {
    const at = random.integer(group.lanes.length - 1);
    const version = random.pick(["v1", "v2", "v3"]);
    return withLanes(
      group,
      group.lanes.map((lane, index) => (index === at ? { ...lane, version } : lane)),
    );
  },
  (random, group) => {
    const matches = random.shuffled(group.lanes.map((lane) => lane.match));
    return withLanes(
      group,
      group.lanes.map((lane, index) => ({ ...lane, match: matches[index] ?? [] })),
    );
  },
  (random, group) => ({
    ...group,
    entry: { ...group.entry, hosts: [random.pick(["f0.test", "*.f0.test", "*.test", "*"])] },
  }),
  (_random, { entry: { path: _path, ...entry }, ...group }) => ({ ...group, entry }),
  (_random, group) => ({
    ...group,
    entry: { ...group.entry, sticky: group.entry.sticky ? false : { sameSite: "Lax", path: "/" } },
  }),
  (random, group) => ({ ...group, entry: { ...group.entry, routes: random.shuffled(group.entry.routes) } }),
  (random, group) => ({
    ...group,
    entry: { ...group.entry, routes: group.entry.routes.slice(0, random.integer(group.entry.routes.length)) },
  }),
];
