import type { RoutedRule } from "../explain";
import { both, type Conditions, conditionsOf, noConditions, own } from "./conditions";
import { hostsFit, hostsImply } from "./hosts";
import { conflict, implies } from "./texts";

/** Requests to one gateway whose host has the same rules before and after. */
export interface Cell {
  readonly gateway: string;
  /** The host pattern. */
  readonly host: string;
  /** All patterns of the gateway, of both configs. */
  readonly hosts: readonly string[];
  /** In the order in which they are tried. */
  readonly before: readonly RoutedRule[];
  readonly after: readonly RoutedRule[];
}

/** Why no request of a cell takes both rules; undefined when that is not sure. */
export function impossible(
  cell: Cell,
  before: RoutedRule | undefined,
  after: RoutedRule | undefined,
): string | undefined {
  // Most pairs of large groups are settled by this alone: lanes that stay in their order.
  const same = sameEarlier(cell.after, before, after) ?? sameEarlier(cell.before, after, before);
  if (same) return `rule ${same.rule.name} takes them first`;
  const wanted = wantedBy(before, after);
  if (conflicts(wanted)) return "their conditions exclude each other";
  if (!hostsFit(wanted.hosts, cell.host, cell.hosts)) return "their hosts exclude each other";
  const earlier =
    earlierRule(cell, cell.before, before, wanted) ??
    (before === after ? undefined : earlierRule(cell, cell.after, after, wanted));
  return earlier && `rule ${earlier.rule.name} takes them first`;
}

/** A rule with the very conditions of one that was taken, tried before the one to be taken. */
function sameEarlier(
  rules: readonly RoutedRule[],
  one: RoutedRule | undefined,
  taken: RoutedRule | undefined,
): RoutedRule | undefined {
  if (!one) return undefined;
  const { keys, places } = indexOf(rules);
  const at = keys.get(keyOf(one));
  const end = taken ? (places.get(taken) ?? rules.length) : rules.length;
  return at !== undefined && at < end ? rules[at] : undefined;
}

interface RuleIndex {
  /** Conditions as a text -> the first place with them. */
  readonly keys: ReadonlyMap<string, number>;
  readonly places: ReadonlyMap<RoutedRule, number>;
}

const indexes = new WeakMap<readonly RoutedRule[], RuleIndex>();

function indexOf(rules: readonly RoutedRule[]): RuleIndex {
  const known = indexes.get(rules);
  if (known) return known;
  const keys = new Map<string, number>();
  rules.forEach((rule, place) => {
    if (!keys.has(keyOf(rule))) keys.set(keyOf(rule), place);
  });
  const index = { keys, places: new Map(rules.map((rule, place) => [rule, place])) };
  indexes.set(rules, index);
  return index;
}

const texts = new WeakMap<RoutedRule, string>();

function keyOf(rule: RoutedRule): string {
  const known = texts.get(rule) ?? JSON.stringify(rule.rule.match);
  texts.set(rule, known);
  return known;
}

/** What a request must have that takes both rules. */
export function wantedBy(before: RoutedRule | undefined, after: RoutedRule | undefined): Conditions {
  const [a, b] = [before && conditionsOf(before), after && conditionsOf(after)];
  if (a && b) return both(a, b);
  return a ?? b ?? noConditions;
}

function conflicts({ headers, query, path, method }: Conditions): boolean {
  const clash = (matches: readonly Parameters<typeof conflict>[0][]) =>
    matches.some((a, index) => matches.slice(index + 1).some((b) => conflict(a, b)));
  // Not cookies: a request may have two of one name.
  return [...Object.values(headers), ...Object.values(query), path, method].some(clash);
}

/** A rule that is tried before, and that everything fits which has what is wanted. */
function earlierRule(
  cell: Cell,
  rules: readonly RoutedRule[],
  taken: RoutedRule | undefined,
  wanted: Conditions,
): RoutedRule | undefined {
  const end = taken ? rules.indexOf(taken) : rules.length;
  for (let index = 0; index < end; index += 1) {
    const rule = rules[index];
    if (rule && follows(cell, wanted, conditionsOf(rule))) return rule;
  }
  return undefined;
}

/** Whether every request of the cell with what is wanted has what the rule asks for. */
function follows(cell: Cell, wanted: Conditions, rule: Conditions): boolean {
  const named = (kind: "headers" | "cookies" | "query") =>
    Object.entries(rule[kind]).every(([name, matches]) =>
      matches.every((match) => own(wanted[kind], name).some((have) => implies(have, match))),
    );
  return (
    named("headers") &&
    named("cookies") &&
    named("query") &&
    rule.path.every((match) => (match.value === "/" && match.kind === "prefix" ? true : pathFollows(wanted, match))) &&
    rule.method.every((match) => wanted.method.some((have) => implies(have, match))) &&
    // A host with a port that is none fits the cell and no list; where a list is wanted, its expression sees to it.
    rule.hosts.every((list) => list.includes("*") || hostFollows(cell, wanted, list))
  );
}

/**
 * A host with a port that is none fits the cell and no list of hosts. So nothing follows from the cell alone; where a list
 * is wanted too, such a host is out.
 */
function hostFollows(cell: Cell, { hosts }: Conditions, list: readonly string[]): boolean {
  return hosts.length > 0 && (hostsImply([cell.host], list) || hosts.some((have) => hostsImply(have, list)));
}

function pathFollows({ path }: Conditions, match: Conditions["path"][number]): boolean {
  return (match.kind === "regex" && match.value === ".*") || path.some((have) => implies(have, match));
}
