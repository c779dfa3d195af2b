import { rewriteOf } from "../entries/rewrite";
import { copiesWords } from "../policy/mirror/words";
import type { EntryRule } from "../rule-shape";
import { entryRules, laneConditions } from "../rules";
import { type EntryRoute, isDraining, type Lane, type LaneGroup, type LaneMatch, type StringMatch } from "../spec";
import { userWords } from "../users/words";

/** How requests come into a lane, one way each, in the words of the spec: `30 % of new clients`. Empty: none can. */
export function entryWords(group: LaneGroup, lane: Lane): string[] {
  if (isDraining(lane)) return [drainWords(group, lane)];
  const words = new Set<string>();
  const rules = entryRules(group);
  const leads = (kind: EntryRule["kind"]) => rules.some((rule) => rule.kind === kind && rule.lane === lane.name);
  // Whatever the service, the lane is chosen in the same way.
  if (leads("match"))
    for (const conditions of laneConditions(group, lane)) words.add(conditionWords(conditions).join(", "));
  if (lane.weight !== undefined && rules.some(({ kind }) => kind === "weights")) {
    words.add(`${lane.weight} % of ${weighedWords(group)}`);
  }
  if (leads("unmatched")) words.add("all other requests");
  for (const copies of copiesWords(group, lane.name)) words.add(copies);
  return [...words];
}

/** What is shared out by weight. */
function weighedWords({ entry: { sticky, user } }: LaneGroup): string {
  if (user) return `users (${userWords(user)})`;
  return sticky ? "new clients" : "the rest";
}

/** What requests a route of the entry takes, and where: `/api/users…, GET: users`. */
export function routeWords(route: EntryRoute): string {
  const { path, method, ...others } = route;
  const more = conditionWords({ ...others, cookies: {} });
  const what = [...(path ? [stringMatchWords(path)] : []), ...(method ? [stringMatchWords(method)] : []), ...more];
  const rewrite = rewriteOf(route);
  return `${what.join(", ")}: ${route.service}${rewrite ? ` as ${rewrite.to}` : ""}`;
}

function drainWords({ entry }: LaneGroup, { weight }: Lane): string {
  return weight !== undefined && entry.sticky ? "drains: only clients that have its cookie" : "drains: nobody new";
}

/** `v2`, `v2…` for a prefix, `~ v[0-9]` for a regex. */
export function stringMatchWords(match: StringMatch): string {
  switch (match.kind) {
    case "exact":
      return match.value;
    case "prefix":
      return `${match.value}…`;
    case "regex":
      return `~ ${match.value}`;
    default:
      return match satisfies never;
  }
}

function conditionWords(match: LaneMatch): string[] {
  const each = (entries: Readonly<Record<string, StringMatch>>, word: (name: string, value: string) => string) =>
    Object.entries(entries).map(([name, value]) => word(name, stringMatchWords(value)));
  return [
    ...each(match.headers, (name, value) => `${name}: ${value}`),
    ...each(match.cookies, (name, value) => `cookie ${name}=${value}`),
    ...each(match.query, (name, value) => `?${name}=${value}`),
    ...(match.hosts.length > 0 ? [`host ${match.hosts.join(" or ")}`] : []),
    ...(match.path ? [`path ${stringMatchWords(match.path)}`] : []),
    ...(match.method ? [`method ${stringMatchWords(match.method)}`] : []),
  ];
}
