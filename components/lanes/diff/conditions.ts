import type { RoutedRule } from "../explain";
import { stickyCookie } from "../rules";
import type { StringMatch } from "../spec";
import { stringMatchWords } from "../topology/entry-words";

/** What requests must have that fit one or two rules, by the part of the request. */
export interface Conditions {
  readonly headers: Readonly<Record<string, readonly StringMatch[]>>;
  readonly cookies: Readonly<Record<string, readonly StringMatch[]>>;
  readonly query: Readonly<Record<string, readonly StringMatch[]>>;
  readonly path: readonly StringMatch[];
  readonly method: readonly StringMatch[];
  /** One of each list must fit the host. */
  readonly hosts: readonly (readonly string[])[];
}

export const noConditions: Conditions = { headers: {}, cookies: {}, query: {}, path: [], method: [], hosts: [] };

const known = new WeakMap<RoutedRule, Conditions>();

/** Conditions of a rule, with its cookie and its hosts as the spec has them and not as the expressions they become. */
export function conditionsOf(routed: RoutedRule): Conditions {
  const found = known.get(routed);
  if (found) return found;
  const { group, rule } = routed;
  const { headers, cookies, query, path, method, hosts } = rule.asked;
  const sticky: Record<string, StringMatch> =
    rule.kind === "cookie" ? { [stickyCookie(group)]: { kind: "exact", value: rule.lane ?? "" } } : {};
  const conditions: Conditions = {
    headers: lists(headers),
    cookies: lists({ ...cookies, ...sticky }),
    query: lists(query),
    path: path ? [path] : [],
    method: method ? [method] : [],
    hosts: hosts.length > 0 ? [hosts] : [],
  };
  known.set(routed, conditions);
  return conditions;
}

/** Conditions of both; those that are the same stand once. */
export function both(a: Conditions, b: Conditions): Conditions {
  return {
    headers: merged(a.headers, b.headers),
    cookies: merged(a.cookies, b.cookies),
    query: merged(a.query, b.query),
    path: joined(a.path, b.path),
    method: joined(a.method, b.method),
    hosts: [...a.hosts, ...b.hosts.filter((list) => !a.hosts.some((other) => other.join() === list.join()))],
  };
}

/** In the words of the spec: `x-lane: v2`, `cookie lane=v2`, `?lane=v2`, `path /mock`. */
export function conditionWords({ headers, cookies, query, path, method, hosts }: Conditions): string[] {
  const each = (named: Conditions["headers"], word: (name: string, value: string) => string) =>
    Object.entries(named).flatMap(([name, matches]) => matches.map((match) => word(name, stringMatchWords(match))));
  return [
    ...each(headers, (name, value) => `${name}: ${value}`),
    ...each(cookies, (name, value) => `cookie ${name}=${value}`),
    ...each(query, (name, value) => `?${name}=${value}`),
    ...hosts.map((list) => `host ${list.join(" or ")}`),
    ...path.map((match) => `path ${stringMatchWords(match)}`),
    ...method.map((match) => `method ${stringMatchWords(match)}`),
  ];
}

/** How many things a request must have; the plainest request has the fewest. */
export function conditionCount({ headers, cookies, query, hosts }: Conditions): number {
  return [headers, cookies, query].reduce((sum, named) => sum + Object.keys(named).length, hosts.length);
}

function lists(named: Readonly<Record<string, StringMatch>>): Record<string, StringMatch[]> {
  return Object.fromEntries(Object.entries(named).map(([name, match]) => [name, [match]]));
}

function merged(a: Conditions["headers"], b: Conditions["headers"]): Record<string, readonly StringMatch[]> {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((name) => [name, joined(own(a, name), own(b, name))]));
}

/** A header may be called as a member of every object is. */
export function own(named: Conditions["headers"], name: string): readonly StringMatch[] {
  return (Object.hasOwn(named, name) ? named[name] : undefined) ?? [];
}

function joined(a: readonly StringMatch[], b: readonly StringMatch[]): readonly StringMatch[] {
  return [...a, ...b.filter(({ kind, value }) => !a.some((other) => other.kind === kind && other.value === value))];
}
