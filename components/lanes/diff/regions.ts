import { type RoutedRule, rulesOfHost } from "../explain";
import type { LaneRequest } from "../matching";
import type { LaneGroup } from "../spec";
import { type Fate, fateOf, movedShare, noRoute } from "./fate";
import { hostCells, patternOf } from "./hosts";
import { type Cell, impossible } from "./reach";
import { findWitness, type Groups } from "./witness";

/** Requests that took one rule and now take another, or the same one to another end. */
export interface Region {
  readonly cell: Cell;
  readonly before: Fate;
  readonly after: Fate;
  /** Percent of these requests that meet something else than before; 0: their answers set another cookie. */
  readonly moved: number;
  /** A request of the region; undefined: none was found, though it is not sure that there is none. */
  readonly witness: LaneRequest | undefined;
}

/** A rule that no request reaches on any host, and why. */
export interface DeadRule {
  readonly routed: RoutedRule;
  readonly side: "before" | "after";
  readonly why: string;
}

export interface Regions {
  readonly changed: readonly Region[];
  readonly dead: readonly DeadRule[];
}

/**
 * Where requests go another way than before: exact over the rules of both configs. Every request to a gateway is in one
 * pair of a rule before and a rule after, or none; a pair is left out only if its ends are the same, or if it is sure that
 * no request takes both.
 */
export function changedRegions(groups: Groups): Regions {
  const fates = new Map<RoutedRule, Fate>();
  const fate = (routed: RoutedRule | undefined): Fate => {
    if (!routed) return noRoute;
    const known = fates.get(routed) ?? fateOf(routed);
    fates.set(routed, known);
    return known;
  };
  const cells = cellsOf(groups);
  const changed = cells.flatMap((cell) => {
    const pairs = [...cell.before, undefined].flatMap((before) =>
      [...cell.after, undefined].map((after) => ({ before: fate(before), after: fate(after) })),
    );
    return pairs.flatMap(({ before, after }): Region[] => {
      if (before.key === after.key) return [];
      if (impossible(cell, before.routed, after.routed) !== undefined) return [];
      const witness = findWitness(cell, before, after, groups);
      return [{ cell, before, after, moved: movedShare(before, after), witness }];
    });
  });
  return { changed, dead: [...deadRules(cells, "before"), ...deadRules(cells, "after")] };
}

function deadRules(cells: readonly Cell[], side: "before" | "after"): DeadRule[] {
  const found = new Map<string, DeadRule | undefined>();
  for (const cell of cells) {
    const alone: Cell = { ...cell, before: cell[side], after: cell[side] };
    for (const routed of cell[side]) {
      const name = routed.rule.name;
      if (found.has(name) && found.get(name) === undefined) continue;
      const why = impossible(alone, routed, routed);
      found.set(name, why === undefined ? undefined : (found.get(name) ?? { routed, side, why }));
    }
  }
  return [...found.values()].flatMap((dead) => dead ?? []);
}

function cellsOf({ before, after }: Groups): Cell[] {
  const gateways = [...new Set([...before, ...after].map((group) => group.entry.gateway))].sort();
  return gateways.flatMap((gateway) => {
    const at = (groups: readonly LaneGroup[]) => groups.filter((group) => group.entry.gateway === gateway);
    const [old, now] = [at(before), at(after)];
    const hosts = hostCells([...old, ...now].flatMap((group) => group.entry.hosts));
    const [rulesBefore, rulesAfter] = [rulesByHost(old), rulesByHost(now)];
    return hosts.map((host): Cell => ({ gateway, host, hosts, before: rulesBefore(host), after: rulesAfter(host) }));
  });
}

/** The rules that a cell's requests meet, the same objects for each cell that has the same pattern. */
function rulesByHost(groups: readonly LaneGroup[]): (cell: string) => readonly RoutedRule[] {
  const patterns = hostCells(groups.flatMap((group) => group.entry.hosts));
  const rules = new Map(
    patterns.map((pattern) => {
      const onHost = groups.filter((group) => group.entry.hosts.some((host) => host.toLowerCase() === pattern));
      return [pattern, rulesOfHost(onHost)];
    }),
  );
  return (cell) => rules.get(patternOf(patterns, cell) ?? "") ?? [];
}
