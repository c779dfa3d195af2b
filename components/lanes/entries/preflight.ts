import type { CorsPolicy } from "../policy/cors/shape";
import type { LaneMatch, StringMatch } from "../spec";
import { covers, fits, toRegex } from "../text-match/match";
import type { EntryPart } from "./parts";

/*
 * Before a page's request to another origin, a browser asks whether it may send it: OPTIONS with `origin` and
 * `access-control-request-method`, with the host, path and query of the request, and without its cookies and its headers.
 */

export const originHeader = "origin";
export const requestMethodHeader = "access-control-request-method";
export const requestHeadersHeader = "access-control-request-headers";

/** What a browser may send of them, where anything will do. */
export const usualInPreflights: ReadonlyMap<string, string> = new Map([
  [originHeader, "https://app.example.com"],
  [requestMethodHeader, "GET"],
]);

/** Some preflights of a part of the entry. */
export interface Preflight {
  /** Of the rule's name. */
  readonly suffix: string;
  readonly asked: LaneMatch;
  /** Undefined: no such origin is allowed. */
  readonly cors: CorsPolicy | undefined;
}

/** What Envoy answers to the preflights of a rule: what the origin may do, or that it may not. */
export function preflightStatus({ cors }: { readonly cors?: CorsPolicy | undefined }): 200 | 403 {
  return cors ? 200 : 403;
}

const anything: StringMatch = { kind: "regex", value: ".+" };

/**
 * The preflights that a part of the entry answers: of each path that one of its rules takes, first those of allowed origins,
 * then the others.
 *
 * @param taken what the rules of the part ask for.
 */
export function preflightsOf({ route }: EntryPart, taken: readonly LaneMatch[], cors: CorsPolicy): Preflight[] {
  const origin = originOf(cors);
  return widest(taken.map(({ path }) => path)).flatMap((path, index): Preflight[] => {
    const preflight = (suffix: string, wanted: StringMatch, policy: CorsPolicy | undefined): Preflight => ({
      suffix: `/OPTIONS${suffix}${index > 0 ? `/${index + 1}` : ""}`,
      asked: {
        headers: { [requestMethodHeader]: route?.method ?? anything, [originHeader]: wanted },
        cookies: {},
        query: route?.query ?? {},
        hosts: route?.hosts ?? [],
        ...(path && { path }),
        method: { kind: "exact", value: "OPTIONS" },
      },
      cors: policy,
    });
    const allowed = preflight("", origin, cors);
    return origin === anything ? [allowed] : [allowed, preflight("/others", anything, undefined)];
  });
}

/** Paths of which none is within another; undefined stands for all. */
function widest(paths: readonly (StringMatch | undefined)[]): (StringMatch | undefined)[] {
  const kept: (StringMatch | undefined)[] = [];
  for (const path of paths) {
    if (kept.some((other) => within(path, other))) continue;
    const outside = kept.filter((other) => !within(other, path));
    kept.splice(0, kept.length, ...outside, path);
  }
  return kept;
}

function within(narrow: StringMatch | undefined, wide: StringMatch | undefined): boolean {
  return wide === undefined || (narrow !== undefined && covers(wide, narrow));
}

/** One condition on the origin. Envoy takes what fits the text `*` for any origin. */
function originOf({ allowOrigins }: CorsPolicy): StringMatch {
  const [first, ...others] = allowOrigins;
  if (!first || allowOrigins.some((match) => fits(match, "*"))) return anything;
  return others.length === 0
    ? first
    : {
        kind: "regex",
        // An alternative within one of them ends with it.
        value: allowOrigins.map((match) => (match.kind === "regex" ? `(?:${match.value})` : toRegex(match))).join("|"),
      };
}
