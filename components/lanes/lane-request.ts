import { shellQuoted } from "../shell";
import { type EntryPart, entryParts } from "./entries/parts";
import { normalizePath, pathRefusal } from "./envoy-path";
import { narrower } from "./hosts";
import { type EnvoyRequest, matches, toEnvoyRequest, usualMethods } from "./matching";
import type { EntryRule } from "./rule-shape";
import { entryRules, stickyCookie } from "./rules";
import { isDraining, type Lane, type LaneGroup, type LaneMatch, type StringMatch } from "./spec";
import { fits, sample } from "./text-match/match";
import { placeOf } from "./users/hash";
import { laneAt } from "./users/places";
import { userFor } from "./users/sample";

/** A request as a client sends it to the gateway. */
export interface EntryRequest {
  /** Host header; the gateway's own address when left out. */
  readonly host?: string;
  /** With its query. */
  readonly path: string;
  /** @default "GET" */
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a lane can be entered from outside, or why no request can be made up for it. */
export type LaneRequest = { readonly request: EntryRequest } | { readonly impossible: string };

const segment = "[A-Za-z0-9!$&'()*+,.:;=@_~-]+";

/** What a request can hold, so that a text which fits a regex can be sent too. */
const sendable = {
  header: "[!-~]([ -~]*[!-~])?",
  // Neither separators nor what has to be escaped.
  query: "[A-Za-z0-9!$'()*,./:;@_~=-]+",
  path: `/(${segment}/)*(${segment})?`,
} as const;

/**
 * A request that the group's entry rules give to this lane: by its match, by the entry's header, by the cookie of a
 * weighted entry, or, for the lane that unmatched requests take, a plain one. It never throws, and what it returns was
 * judged by the rules themselves.
 *
 * @param part the part of the entry by which it is to come in. @default the rest, else the first route by which it can
 */
export function laneRequest(group: LaneGroup, lane: Lane, part?: EntryPart): LaneRequest {
  if (part) return requestBy(group, lane, part);
  const parts = entryParts(group);
  const restFirst = [...parts.filter(({ route }) => !route), ...parts.filter(({ route }) => route)];
  const found = restFirst.map((one) => requestBy(group, lane, one));
  return found.find((one) => "request" in one) ?? found[0] ?? { impossible: noRule };
}

const noRule = "no rule of the entry leads into this lane";

function requestBy(group: LaneGroup, lane: Lane, part: EntryPart): LaneRequest {
  const rules = entryRules(group).filter(({ route }) => route === part.route?.name);
  const own = rules.filter(
    (rule) => rule.lane === lane.name || rule.users?.ranges.some((each) => each.lane === lane.name),
  );
  const matched = own.filter(({ kind }) => kind === "match");
  if (isDraining(lane) && own.length === 0) return { impossible: "it drains, and takes nobody new" };
  if (matched.length === 0 && lane.match.length > 0 && !isDraining(lane)) {
    return { impossible: `no request has what lane ${lane.name} and route ${part.route?.name} ask for` };
  }
  if (own.length === 0) {
    if (group.entry.user && lane.weight !== undefined) return { impossible: "no user is in it (weight 0)" };
    return lane.weight === undefined
      ? { impossible: noRule }
      : { impossible: "only a share of requests without a cookie enters this lane (weight, sticky: false)" };
  }
  // What names the lane comes before its cookie.
  const found = (matched.length > 0 ? matched : own).map((rule) => requestFor(group, lane, rule));
  return found.find((one) => "request" in one) ?? found[0] ?? { impossible: noRule };
}

function requestFor(group: LaneGroup, lane: Lane, rule: EntryRule): LaneRequest {
  const { asked } = rule;
  const { values, unknown } = sampled(lane, asked, asked.path);
  if (unknown.length > 0) {
    return { impossible: `no value is known that matches the regular expression of ${unknown.join(", ")}` };
  }
  const headers = new Map(values.headers);
  const cookies = [...values.cookies];
  const user = rule.users && userFor(rule.users, lane.name);
  if (user?.header) headers.set(...user.header);
  if (user?.cookie) cookies.push(user.cookie);
  if (rule.kind === "cookie") cookies.push(`${stickyCookie(group)}=${lane.name}`);
  if (cookies.length > 0) headers.set("cookie", cookies.join("; "));
  const queries = [...values.query, ...(user?.query === undefined ? [] : [user.query])];
  const search = queries.length > 0 ? `?${queries.join("&")}` : "";
  const host = entryHost(group, asked);
  let first: EntryRule | undefined;
  for (const [path, method] of pathsAndMethods(group, lane, rule, values.path)) {
    const request: EntryRequest = {
      path: `${path}${search}`,
      headers: Object.fromEntries(headers),
      ...(method !== "GET" && { method }),
      ...(host !== undefined && { host }),
    };
    const taken = takenBy(group, request);
    if (taken && leadsTo(taken, lane, request) && taken.route === rule.route) return { request };
    first ??= taken;
  }
  const other = first?.lane === undefined ? "no lane" : `lane ${first.lane}`;
  const where = first && first.route !== rule.route ? `route ${first.route ?? group.entry.service}, ${other},` : other;
  return { impossible: `the rule of ${where} takes such requests` };
}

/** What may stand for path and method, the plainest first: an earlier route may take the plainest. */
function pathsAndMethods(group: LaneGroup, lane: Lane, rule: EntryRule, path: string): (readonly [string, string])[] {
  const { asked } = rule;
  const earlier = group.entry.routes.slice(
    0,
    rule.route === undefined ? undefined : group.entry.routes.findIndex(({ name }) => name === rule.route),
  );
  const past = earlier.flatMap((route) => route.path ?? []);
  const beside =
    past.length === 0 ? undefined : pathSample(asked.path, [lane.name], (text) => !past.some((one) => fits(one, text)));
  const paths = [...new Set([path, ...(beside === undefined ? [] : [beside])])];
  const exact = asked.method?.kind === "exact" ? [asked.method.value] : [];
  const usual = asked.method || earlier.some(({ method }) => method) ? usualMethods : ["GET"];
  const methods = exact.length > 0 ? exact : usual.filter((one) => !asked.method || fits(asked.method, one));
  return paths.flatMap((one) => methods.map((method) => [one, method] as const));
}

interface Sampled {
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: readonly string[];
  readonly query: readonly string[];
  readonly path: string;
}

/** A value for each condition, and the conditions for which there is none. */
function sampled(lane: Lane, match: LaneMatch, path: StringMatch | undefined) {
  const unknown: string[] = [];
  const names = [lane.name, lane.version].flatMap((name) => name ?? []);
  const value = (what: string, wanted: StringMatch, form?: string): string => {
    // An exact text is what was asked for; what can be sent matters where there is a choice.
    const shape: StringMatch[] = form === undefined || wanted.kind === "exact" ? [] : [{ kind: "regex", value: form }];
    const found = wanted.kind === "regex" ? sample([wanted, ...shape], { preferred: names }) : wanted.value;
    if (found === undefined) unknown.push(what);
    return found ?? "";
  };
  const values: Sampled = {
    headers: new Map(
      Object.entries(match.headers).map(([name, wanted]) => [name, value(`header ${name}`, wanted, sendable.header)]),
    ),
    cookies: Object.entries(match.cookies).map(([name, wanted]) => `${name}=${value(`cookie ${name}`, wanted)}`),
    // As it stands in the URL: nothing is decoded before it is compared.
    query: Object.entries(match.query).map(
      ([name, wanted]) => `${name}=${value(`query ${name}`, wanted, sendable.query)}`,
    ),
    path: pathSample(path, names) ?? "",
  };
  if (values.path === "") unknown.unshift("path");
  return { values, unknown };
}

function pathSample(
  path: StringMatch | undefined,
  names: readonly string[],
  accept?: (text: string) => boolean,
): string | undefined {
  if (path?.kind !== "regex" && accept === undefined) return path?.value ?? "/";
  return sample([path ?? { kind: "prefix", value: "/" }, { kind: "regex", value: sendable.path }], {
    preferred: ["/", ...names.map((name) => `/${name}`)],
    // Envoy compares what it has normalized.
    accept: (text) =>
      normalizePath(text) === text && pathRefusal(text, "GET") === undefined && (accept?.(text) ?? true),
  });
}

/** A host that both the entry and the lane's own match take. */
function entryHost({ entry }: LaneGroup, match: LaneMatch): string | undefined {
  const asked = match.hosts.length > 0 ? match.hosts : ["*"];
  const both = asked.flatMap((host) => entry.hosts.flatMap((own) => narrower(host, own) ?? []));
  const [host] = both;
  if (host === undefined || host === "*") return undefined;
  return host.startsWith("*.") ? `lane${host.slice(1)}` : host;
}

/** Whether the rule gives the request to the lane. */
function leadsTo({ lane, users }: EntryRule, { name }: Lane, request: EntryRequest): boolean {
  const place = users && placeOf(users.source, toSent(request));
  return lane === name || (place !== undefined && laneAt(users?.ranges ?? [], place) === name);
}

/** The rule that takes the request; the rules are tried as the gateway tries them. */
export function takenBy(group: LaneGroup, request: EntryRequest): EntryRule | undefined {
  const sent = toSent(request);
  return entryRules(group).find((rule) => matches(rule.match, sent));
}

function toSent({ host = "gateway", path, method, headers }: EntryRequest): EnvoyRequest {
  return toEnvoyRequest({ host, path, headers, ...(method !== undefined && { method }) });
}

/**
 * The same as a curl command.
 *
 * @param url of the gateway, without a path.
 */
export function curlCommand({ path, method, headers, host }: EntryRequest, url: string): string {
  const { protocol, hostname, port } = new URL(url);
  // The name in the TLS handshake is that of the URL, whatever the Host header says.
  const named = protocol === "https:" && host !== undefined;
  const sent = Object.entries({ ...headers, ...(host && !named && { host }) });
  const target = named ? `https://${host}${port && `:${port}`}` : url;
  return [
    "curl",
    // curl waits for a body where only the method says that there is none.
    ...(method === undefined || method === "GET" ? [] : [method === "HEAD" ? "--head" : `-X ${shellQuoted(method)}`]),
    ...(named ? [`--connect-to ${shellQuoted(`::${hostname}:`)}`] : []),
    // curl leaves a header out that has no value, unless it ends in a semicolon.
    ...sent.map(([name, value]) => `-H ${shellQuoted(value === "" ? `${name};` : `${name}: ${value}`)}`),
    // Else curl takes dots out of a path, and braces and brackets for a list of URLs.
    ...(/\/\.{1,2}(\/|\?|$)/.test(path) ? ["--path-as-is"] : []),
    ...(/[[\]{}]/.test(path) ? ["--globoff"] : []),
    shellQuoted(`${target}${path}`),
  ].join(" ");
}
