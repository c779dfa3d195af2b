import { shellQuoted } from "../shell";
import { normalizePath, pathRefusal } from "./envoy-path";
import { narrower } from "./hosts";
import { matches, toEnvoyRequest } from "./matching";
import { entryRules, stickyCookie } from "./rules";
import { isDraining, type Lane, type LaneGroup, type LaneMatch, type StringMatch } from "./spec";
import { sample } from "./text-match/match";

/** A request as a client sends it to the gateway. */
export interface EntryRequest {
  /** Host header; the gateway's own address when left out. */
  readonly host?: string;
  /** With its query. */
  readonly path: string;
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
 */
export function laneRequest(group: LaneGroup, lane: Lane): LaneRequest {
  const { header } = isDraining(lane) ? {} : group.entry;
  const match = isDraining(lane) ? undefined : lane.match;
  if (isDraining(lane) && (lane.weight === undefined || !group.entry.sticky)) {
    return { impossible: "it drains, and takes nobody new" };
  }
  if (!match && !header && lane.weight !== undefined && !group.entry.sticky) {
    return { impossible: "only a share of requests without a cookie enters this lane (weight, sticky: false)" };
  }
  if (!match && lane.weight === undefined && !header && group.entry.unmatched !== lane.name) {
    return { impossible: "no rule of the entry leads into this lane" };
  }
  const { values, unknown } = sampled(lane, match, match?.path ?? group.entry.path);
  if (unknown.length > 0) {
    return { impossible: `no value is known that matches the regular expression of ${unknown.join(", ")}` };
  }
  const headers = new Map(values.headers);
  const cookies = [...values.cookies];
  if (!match && header) headers.set(header, lane.name);
  else if (!match && lane.weight !== undefined) cookies.push(`${stickyCookie(group)}=${lane.name}`);
  if (cookies.length > 0) headers.set("cookie", cookies.join("; "));
  const search = values.query.length > 0 ? `?${values.query.join("&")}` : "";
  const host = entryHost(group, match);
  const request: EntryRequest = {
    path: `${values.path}${search}`,
    headers: Object.fromEntries(headers),
    ...(host !== undefined && { host }),
  };
  const taken = takenBy(group, request);
  if (taken === lane.name) return { request };
  return { impossible: `the rule of ${taken === undefined ? "no lane" : `lane ${taken}`} takes such requests` };
}

interface Sampled {
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: readonly string[];
  readonly query: readonly string[];
  readonly path: string;
}

/** A value for each condition, and the conditions for which there is none. */
function sampled(lane: Lane, match: LaneMatch | undefined, path: StringMatch | undefined) {
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
      Object.entries(match?.headers ?? {}).map(([name, wanted]) => [
        name,
        value(`header ${name}`, wanted, sendable.header),
      ]),
    ),
    cookies: Object.entries(match?.cookies ?? {}).map(([name, wanted]) => `${name}=${value(`cookie ${name}`, wanted)}`),
    // As it stands in the URL: nothing is decoded before it is compared.
    query: Object.entries(match?.query ?? {}).map(
      ([name, wanted]) => `${name}=${value(`query ${name}`, wanted, sendable.query)}`,
    ),
    path: pathSample(path, names) ?? "",
  };
  if (values.path === "") unknown.unshift("path");
  return { values, unknown };
}

function pathSample(path: StringMatch | undefined, names: readonly string[]): string | undefined {
  if (path?.kind !== "regex") return path?.value ?? "/";
  return sample([path, { kind: "regex", value: sendable.path }], {
    preferred: ["/", ...names.map((name) => `/${name}`)],
    // Envoy compares what it has normalized.
    accept: (text) => normalizePath(text) === text && pathRefusal(text, "GET") === undefined,
  });
}

/** A host that both the entry and the lane's own match take. */
function entryHost({ entry }: LaneGroup, match: LaneMatch | undefined): string | undefined {
  const asked = match && match.hosts.length > 0 ? match.hosts : ["*"];
  const both = asked.flatMap((host) => entry.hosts.flatMap((own) => narrower(host, own) ?? []));
  const [host] = both;
  if (host === undefined || host === "*") return undefined;
  return host.startsWith("*.") ? `lane${host.slice(1)}` : host;
}

/** The lane whose rule takes the request; the rules are tried as the gateway tries them. */
function takenBy(group: LaneGroup, { host = "gateway", path, headers }: EntryRequest): string | undefined {
  const sent = toEnvoyRequest({ host, path, headers });
  return entryRules(group).find((rule) => matches(rule.match, sent))?.lane;
}

/**
 * The same as a curl command.
 *
 * @param url of the gateway, without a path.
 */
export function curlCommand({ path, headers, host }: EntryRequest, url: string): string {
  const { protocol, hostname, port } = new URL(url);
  // The name in the TLS handshake is that of the URL, whatever the Host header says.
  const named = protocol === "https:" && host !== undefined;
  const sent = Object.entries({ ...headers, ...(host && !named && { host }) });
  const target = named ? `https://${host}${port && `:${port}`}` : url;
  return [
    "curl",
    ...(named ? [`--connect-to ${shellQuoted(`::${hostname}:`)}`] : []),
    // curl leaves a header out that has no value, unless it ends in a semicolon.
    ...sent.map(([name, value]) => `-H ${shellQuoted(value === "" ? `${name};` : `${name}: ${value}`)}`),
    // Else curl takes dots out of a path, and braces and brackets for a list of URLs.
    ...(/\/\.{1,2}(\/|\?|$)/.test(path) ? ["--path-as-is"] : []),
    ...(/[[\]{}]/.test(path) ? ["--globoff"] : []),
    shellQuoted(`${target}${path}`),
  ].join(" ");
}
