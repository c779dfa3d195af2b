import { narrower } from "../hosts";
import type { EntryRoute, LaneMatch, StringMatch } from "../spec";
import { covers, overlaps } from "../text-match/match";

/*
 * The conditions of a route and those of a lane as one: a route of Envoy has one condition for the path, the method, each
 * header and each query key. Where one implies the other, the narrower says both.
 */

/** `never`: no request has both. `unclear`: some may have, but one condition cannot say it; names the conditions. */
export type Joined =
  | { readonly match: LaneMatch }
  | { readonly never: string }
  | { readonly unclear: string; readonly match: LaneMatch };

export function joinConditions(route: EntryRoute, lane: LaneMatch): Joined {
  const never: string[] = [];
  const unclear: string[] = [];
  const join = (what: string, one: StringMatch | undefined, other: StringMatch | undefined, many = false) => {
    if (one === undefined || other === undefined) return one ?? other;
    const found = joinTexts(one, other);
    if (typeof found !== "string") return found;
    // A header may be sent twice, so that both conditions hold.
    (found === "never" && !many ? never : unclear).push(what);
    return other;
  };
  const joinAll = (what: string, one: Named, other: Named, many: boolean): Record<string, StringMatch> => {
    const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return Object.fromEntries(
      names.flatMap((name) => {
        const joined = join(`${what} ${name}`, own(one, name), own(other, name), many);
        return joined === undefined ? [] : [[name, joined] as const];
      }),
    );
  };
  const path = join("path", route.path, lane.path);
  const method = join("method", route.method, lane.method);
  const hosts = joinHosts(route.hosts, lane.hosts);
  if (hosts === undefined) never.push("hosts");
  const match: LaneMatch = {
    headers: joinAll("header", route.headers, lane.headers, true),
    cookies: lane.cookies,
    query: joinAll("query", route.query, lane.query, false),
    hosts: hosts ?? [],
    ...(path && { path }),
    ...(method && { method }),
  };
  const [none] = never;
  if (none !== undefined) return { never: none };
  return unclear.length > 0 ? { unclear: unclear.join(", "), match } : { match };
}

type Named = Readonly<Record<string, StringMatch>>;

/** A header may be called as a member of every object is. */
function own(named: Named, name: string): StringMatch | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}

const known = new Map<string, StringMatch | "never" | "unclear">();

/** Regular expressions take long, and rules are asked for again and again. */
function joinTexts(one: StringMatch, other: StringMatch): StringMatch | "never" | "unclear" {
  const key = JSON.stringify([one.kind, one.value, other.kind, other.value]);
  const found = known.get(key) ?? findJoin(one, other);
  known.set(key, found);
  return found;
}

function findJoin(one: StringMatch, other: StringMatch): StringMatch | "never" | "unclear" {
  if (covers(one, other)) return other;
  if (covers(other, one)) return one;
  return overlaps(one, other) ? "unclear" : "never";
}

/** Hosts that fit one of each list; undefined: none does. */
function joinHosts(one: readonly string[], other: readonly string[]): readonly string[] | undefined {
  if (one.length === 0 || other.length === 0) return one.length > 0 ? one : other;
  const both = one.flatMap((host) => other.flatMap((own) => narrower(host, own)?.toLowerCase() ?? []));
  return both.length > 0 ? [...new Set(both)] : undefined;
}
