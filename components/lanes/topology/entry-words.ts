import { entryRules } from "../rules";
import { isDraining, type Lane, type LaneGroup, type LaneMatch, type StringMatch } from "../spec";

/** How requests come into a lane, one way each, in the words of the spec: `30 % of new clients`. Empty: none can. */
export function entryWords(group: LaneGroup, lane: Lane): string[] {
  const words: string[] = isDraining(lane) ? [drainWords(group, lane)] : [];
  for (const rule of entryRules(group)) {
    switch (rule.kind) {
      case "match":
        if (rule.lane === lane.name) words.push(matchWords(group, lane));
        break;
      case "cookie":
        // Said with the weight below: it is one way in, not two.
        break;
      case "weights":
        if (lane.weight !== undefined && !isDraining(lane))
          words.push(`${lane.weight} % of ${group.entry.sticky ? "new clients" : "the rest"}`);
        break;
      case "unmatched":
        if (rule.lane === lane.name) words.push("all other requests");
        break;
      default:
        return rule.kind satisfies never;
    }
  }
  return words;
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

function matchWords({ entry }: LaneGroup, lane: Lane): string {
  return lane.match ? conditionWords(lane.match).join(", ") : `${entry.header}: ${lane.name}`;
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
  ];
}
