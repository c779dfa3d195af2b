import { type EntryPart, entryParts } from "../../entries/parts";
import { overlaps as overlapHosts } from "../../hosts";
import { type LaneGroup, reject, type StringMatch } from "../../spec";
import { fits, overlaps } from "../../text-match/match";
import type { Problems } from "../../validate/problems";
import { entryPolicy } from "../effective";

/**
 * A preflight has neither the method nor the headers of the request that it asks for. So parts of the entry that only those
 * tell apart answer it alike, or a browser would be told what does not hold.
 */
export function validateTellable(problems: Problems, at: string, group: LaneGroup): void {
  const parts = entryParts(group).map((part) => ({
    part,
    cors: JSON.stringify(entryPolicy(group, part.service).cors),
  }));
  if (parts.every(({ cors }) => cors === parts[0]?.cors)) return;
  parts.forEach(({ part, cors }, index) => {
    const why = passesOn(group, part, cors !== undefined);
    if (why === undefined) return;
    const other = parts.slice(index + 1).find((later) => later.cors !== cors && meet(group, part, later.part));
    if (!other) return;
    const name = other.part.route ? `route ${other.part.route.name}` : `the rest, for ${other.part.service.name}`;
    const got = `route ${part.route?.name} has ${cors === undefined ? "no cors, other" : "another cors"} than ${name}, and ${why}`;
    const fix = "Put the same cors on both services, or one on the entry.";
    problems.add(`${at}.entry.routes[${index}]`, got, "one cors for requests whose preflights are the same", fix);
  });
}

/** Why preflights of a part, or of the parts after it, may be answered by the other. */
function passesOn({ entry, lanes }: LaneGroup, { route }: EntryPart, hasCors: boolean): string | undefined {
  if (route && Object.keys(route.headers).length > 0) return "a preflight has no headers by which they are told apart";
  if (hasCors) return undefined;
  if (route?.method && !fits(route.method, "OPTIONS")) return "a preflight has the method OPTIONS";
  const takesAll = lanes.some(({ weight }) => weight !== undefined) || entry.unmatched !== reject;
  return takesAll ? undefined : "a preflight that names no lane passes it by";
}

/** Whether some preflight is for both, as far as can be told. */
function meet({ entry, lanes }: LaneGroup, { route: one }: EntryPart, { route: other }: EntryPart): boolean {
  const may = (a: StringMatch | undefined, b: StringMatch | undefined) => !a || !b || overlaps(a, b);
  // A lane's own path stands in for that of the entry.
  const rest = lanes.some(({ match }) => match.some(({ path }) => path)) ? undefined : entry.path;
  const hosts = (own: readonly string[] = []) => (own.length > 0 ? own : entry.hosts);
  const query = Object.entries(one?.query ?? {}).every(([name, match]) => may(match, other?.query[name]));
  return (
    may(one?.path, other ? other.path : rest) &&
    may(one?.method, other?.method) &&
    query &&
    hosts(one?.hosts).some((host) => hosts(other?.hosts).some((own) => overlapHosts(host, own)))
  );
}
