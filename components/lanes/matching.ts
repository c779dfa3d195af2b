import type { RuleMatch } from "./rules";
import type { StringMatch } from "./spec";
import { compileRe2 } from "./syntax";

/** One HTTP request as a client sends it to the gateway. */
export interface LaneRequest {
  /** Host header, with or without a port. */
  readonly host: string;
  /** Path and query as in the request line, such as `/mock?lane=v2`. */
  readonly path: string;
  /** Default GET. No rule looks at it. */
  readonly method?: string;
  /** Names in any case; a list for a header that is sent several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as one Cookie header, after what `headers` holds. */
  readonly cookies?: Readonly<Record<string, string>>;
  /** Added to the query of `path`, as it is to stand in the URL. */
  readonly query?: Readonly<Record<string, string>>;
}

/** A request in the form in which Envoy compares it. */
export interface EnvoyRequest {
  readonly authority: string;
  /** Without query, dot segments resolved: Istio's default path normalization. */
  readonly path: string;
  /** First value of each key, not decoded. */
  readonly query: ReadonlyMap<string, string>;
  /** Lower-case name -> values in the order they were sent. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** What the gateway's Envoy makes of a request before it looks for a route. */
export function toEnvoyRequest(request: LaneRequest): EnvoyRequest {
  const headers = new Map<string, string[]>();
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const values = typeof value === "string" ? [value] : value;
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), ...values]);
  }
  const cookies = Object.entries(request.cookies ?? {}).map(([name, value]) => `${name}=${value}`);
  const cookie = [...(headers.get("cookie") ?? []), ...cookies].join("; ");
  if (cookie !== "") headers.set("cookie", [cookie]);
  const withoutFragment = request.path.split("#", 1)[0] ?? "";
  const question = withoutFragment.indexOf("?");
  const rawPath = question < 0 ? withoutFragment : withoutFragment.slice(0, question);
  const pairs = [
    ...(question < 0 ? [] : withoutFragment.slice(question + 1).split("&")),
    ...Object.entries(request.query ?? {}).map(([key, value]) => `${key}=${value}`),
  ];
  const query = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    const key = equals < 0 ? pair : pair.slice(0, equals);
    if (key !== "" && !query.has(key)) query.set(key, equals < 0 ? "" : pair.slice(equals + 1));
  }
  return { authority: request.host, path: normalizePath(rawPath), query, headers };
}

function normalizePath(path: string): string {
  const url = `http://host${path}`;
  // `*` of an OPTIONS request and other targets that are no path stay as they are, and fit no rule with a path.
  return path.startsWith("/") && URL.canParse(url) ? new URL(url).pathname : path;
}

/** Whether all conditions of a rule hold. */
export function matches(match: RuleMatch, request: EnvoyRequest): boolean {
  const headersHold = Object.entries(match.headers).every(([name, condition]) => {
    // Envoy compares the values of a repeated header as one text.
    const value = request.headers.get(name)?.join(",");
    return value !== undefined && matchesText(condition, value);
  });
  if (!headersHold) return false;
  const queryHolds = Object.entries(match.query).every(([key, condition]) => {
    const value = request.query.get(key);
    return value !== undefined && matchesText(condition, value);
  });
  if (!queryHolds) return false;
  if (match.path && !matchesText(match.path, request.path)) return false;
  return !match.authority || matchesText(match.authority, request.authority);
}

function matchesText(match: StringMatch, text: string): boolean {
  switch (match.kind) {
    case "exact":
      return text === match.value;
    case "prefix":
      return text.startsWith(match.value);
    case "regex":
      return compileRe2(match.value).test(text);
    default:
      return match satisfies never;
  }
}

/**
 * The host pattern whose rules a request gets: Envoy takes the exact name, else the longest `*.name`, else `*`, and never
 * looks at another one, even when no rule there matches. Undefined: no pattern fits, 404.
 */
export function pickHost(patterns: Iterable<string>, authority: string): string | undefined {
  const host = authority.toLowerCase().replace(/:\d+$/, "");
  let best: string | undefined;
  for (const pattern of patterns) {
    if (pattern === host) return pattern;
    // `*` is the pattern with the empty suffix.
    const suffix = pattern.startsWith("*") ? pattern.slice(1) : undefined;
    if (suffix === undefined || !host.endsWith(suffix) || host.length <= suffix.length) continue;
    if (best === undefined || pattern.length > best.length) best = pattern;
  }
  return best;
}
