import { normalizePath, pathRefusal } from "./envoy-path";
import type { RepeatedHeaders } from "./repeated-headers";
import type { RuleMatch } from "./rule-shape";
import { fits } from "./text-match/match";

/** One HTTP request as a client sends it to the gateway. */
export interface LaneRequest {
  /** Host header, with or without a port. */
  readonly host: string;
  /** Path and query as in the request line, such as `/mock?lane=v2`; not a whole URL, which proxies are sent. */
  readonly path: string;
  /** Default GET. Only OPTIONS may ask for `*`. */
  readonly method?: string;
  /** Names in any case; a list for a header that is sent on several lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent in the last Cookie line, after what `headers` holds. */
  readonly cookies?: Readonly<Record<string, string>>;
  /** Added to the query of `path`, as it is to stand in the URL. */
  readonly query?: Readonly<Record<string, string>>;
}

/** What clients send, the plainest first. */
export const usualMethods: readonly string[] = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];

/** A request in the form in which Envoy compares it. */
export interface EnvoyRequest {
  readonly authority: string;
  /** As it was sent: letter case counts. */
  readonly method: string;
  /** Why Envoy answers 400 and looks for no route; undefined when it goes on. */
  readonly refusal: string | undefined;
  /** Without query, normalized. */
  readonly path: string;
  /** First value of each key, not decoded. */
  readonly query: ReadonlyMap<string, string>;
  /** Lower-case name -> values in the order they were sent. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly repeatedHeaders: RepeatedHeaders;
}

/**
 * What the gateway's Envoy makes of a request before it looks for a route.
 *
 * @param repeatedHeaders default: as the newest proxies do it.
 */
export function toEnvoyRequest(request: LaneRequest, repeatedHeaders: RepeatedHeaders = "each"): EnvoyRequest {
  const headers = new Map<string, string[]>();
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const values = (typeof value === "string" ? [value] : value).map(withoutBlanks);
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), ...values]);
  }
  const cookies = Object.entries(request.cookies ?? {}).map(([name, value]) => `${name}=${value}`);
  const lines = headers.get("cookie") ?? [];
  const last = [...lines.slice(-1), ...cookies].join("; ");
  if (cookies.length > 0) headers.set("cookie", [...lines.slice(0, -1), last]);
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
  const method = request.method ?? "GET";
  const refusal = pathRefusal(rawPath, method);
  return { authority: request.host, method, refusal, path: normalizePath(rawPath), query, headers, repeatedHeaders };
}

/** RFC 9110 5.5: blanks around a value are not part of it. */
function withoutBlanks(value: string): string {
  return value.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
}

/** Envoy's filter for CORS registers these: in every version their lines are joined when they are read, empty ones left out. */
const joinedHeaders = new Set(["origin", "access-control-request-method", "access-control-request-headers"]);

/** The texts of a header with which a condition is compared: one of them has to fit. */
export function comparedValues({ headers, repeatedHeaders }: EnvoyRequest, name: string): readonly string[] {
  const lines = headers.get(name) ?? [];
  if (lines.length > 0 && joinedHeaders.has(name)) return [lines.filter((line) => line !== "").join(",")];
  return lines.length > 0 && repeatedHeaders === "joined" ? [lines.join(",")] : lines;
}

/** Whether all conditions of a rule hold. */
export function matches(match: RuleMatch, request: EnvoyRequest): boolean {
  const headersHold = Object.entries(match.headers).every(([name, condition]) => {
    // Cookie is such a header too, though HTTP/1.1 allows it once only (RFC 6265 5.4); the lines of HTTP/2 are joined with
    // "; " before this.
    return comparedValues(request, name).some((value) => fits(condition, value));
  });
  if (!headersHold) return false;
  const queryHolds = Object.entries(match.query).every(([key, condition]) => {
    const value = request.query.get(key);
    return value !== undefined && fits(condition, value);
  });
  if (!queryHolds) return false;
  // Every route of Envoy has a path, `/` and what follows when none is given: the `*` of OPTIONS fits none.
  if (!request.path.startsWith("/") || (match.path && !fits(match.path, request.path))) return false;
  if (match.method && !fits(match.method, request.method)) return false;
  return !match.authority || fits(match.authority, request.authority);
}

/** Whether Istio counts a rule among those that take every request (IsCatchAllRoute, beside SortVHostRoutes). */
export function takesAll({ headers, query, path, method, authority }: RuleMatch): boolean {
  if (Object.keys(headers).length + Object.keys(query).length > 0 || method || authority) return false;
  return !path || (path.kind === "prefix" && path.value === "/") || (path.kind === "regex" && path.value === ".*");
}
