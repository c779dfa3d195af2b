import { covers } from "../hosts";

/*
 * Requests to one gateway fall apart by host: each has the most specific pattern of both configs that covers it. All
 * requests of one such cell meet the same rules, before and after.
 */

/** Host patterns of both configs, in lower case, each once, in a fixed order. */
export function hostCells(patterns: readonly string[]): string[] {
  return [...new Set(patterns.map((pattern) => pattern.toLowerCase()))].sort();
}

/** The pattern whose rules the requests of a cell meet among these; undefined: none, 404. */
export function patternOf(patterns: readonly string[], cell: string): string | undefined {
  const covering = patterns.filter((pattern) => covers(pattern, cell));
  return covering.sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1))[0];
}

/** Whether a host of the cell may fit one of each list. */
export function hostsFit(lists: readonly (readonly string[])[], cell: string, cells: readonly string[]): boolean {
  const meet = (narrow: string, [list, ...rest]: readonly (readonly string[])[]): boolean => {
    if (!list) return patternOf(cells, narrow) === cell;
    return list.some((host) => {
      const pattern = host.toLowerCase();
      if (covers(pattern, narrow)) return meet(narrow, rest);
      return covers(narrow, pattern) && meet(pattern, rest);
    });
  };
  return meet(cell, lists);
}

/** Whether every host name, without a port, of the narrow list or pattern fits the wide list. */
export function hostsImply(narrow: readonly string[], wide: readonly string[]): boolean {
  return narrow.every((host) => wide.some((other) => covers(other.toLowerCase(), host.toLowerCase())));
}

/** Host names that may be of the cell, the plainest first. */
export function hostSamples(cell: string, lists: readonly (readonly string[])[], cells: readonly string[]): string[] {
  const concrete = (pattern: string): string[] => {
    if (pattern === "*") return ["lane.example.com", "example.org"];
    if (!pattern.startsWith("*.")) return [pattern.toLowerCase()];
    return ["lane", "other", "a.b", "b.lane"].map((label) => `${label}${pattern.slice(1).toLowerCase()}`);
  };
  const own = concrete(cell);
  const all = [...lists.flat().flatMap(concrete), ...own, ...cells.flatMap(concrete)];
  const fitting = [...new Set(all)].filter((host) => patternOf(cells, host) === cell);
  // Last: a port that is none. Envoy cuts it off to find the host's rules, and no expression over hosts fits it.
  return [...fitting, ...own.map((host) => `${host}:80x`)];
}

/** Exact names first, then the longer suffix. */
function rank(pattern: string): number {
  return pattern.startsWith("*") ? pattern.length : 1000;
}
