import { stickyCookie } from "./rules";
import type { Lane, LaneGroup, StringMatch } from "./spec";

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

/**
 * A request that the group's entry rules give to this lane: by its match, by the entry's header, by the cookie of a
 * weighted entry, or, for the lane that unmatched requests take, a plain one.
 */
export function laneRequest(group: LaneGroup, lane: Lane): LaneRequest {
  const conditions = lane.match;
  const path = sample(conditions?.path ?? group.entry.path ?? { kind: "prefix", value: "/" }, lane);
  const headers: Record<string, string> = {};
  const unknown: string[] = path === undefined ? ["path"] : [];
  const put = (what: string, match: StringMatch, use: (value: string) => void): void => {
    const value = sample(match, lane);
    if (value === undefined) unknown.push(what);
    else use(value);
  };

  const cookies: string[] = [];
  const query = new URLSearchParams();
  for (const [name, match] of Object.entries(conditions?.headers ?? {})) {
    put(`header ${name}`, match, (value) => {
      headers[name] = value;
    });
  }
  for (const [name, match] of Object.entries(conditions?.cookies ?? {})) {
    put(`cookie ${name}`, match, (value) => cookies.push(`${name}=${value}`));
  }
  for (const [name, match] of Object.entries(conditions?.query ?? {})) {
    put(`query ${name}`, match, (value) => query.append(name, value));
  }
  if (!conditions && group.entry.header) {
    headers[group.entry.header] = lane.name;
  } else if (!conditions && lane.weight !== undefined && group.entry.sticky) {
    cookies.push(`${stickyCookie(group)}=${lane.name}`);
  } else if (!conditions && group.entry.unmatched !== lane.name) {
    return { impossible: "only a share of requests without a cookie enters this lane (weight, sticky: false)" };
  }
  if (unknown.length > 0) {
    return { impossible: `no value is known that matches the regular expression of ${unknown.join(", ")}` };
  }
  if (cookies.length > 0) headers.cookie = cookies.join("; ");
  const host = concreteHost(conditions?.hosts[0] ?? group.entry.hosts[0] ?? "*");
  const search = query.size > 0 ? `?${query}` : "";
  return { request: { path: `${path}${search}`, headers, ...(host && { host }) } };
}

/** A text that the match takes; for a regular expression the lane's own name or version, if either fits. */
function sample(match: StringMatch, lane: Lane): string | undefined {
  switch (match.kind) {
    case "exact":
    case "prefix":
      return match.value;
    case "regex": {
      const whole = new RegExp(`^(?:${match.value})$`);
      return [lane.name, lane.version, `/${lane.name}`, "/"].find((candidate) => whole.test(candidate));
    }
    default: {
      const never: never = match;
      return never;
    }
  }
}

function concreteHost(host: string): string | undefined {
  if (host === "*") return undefined;
  return host.startsWith("*.") ? `lane${host.slice(1)}` : host;
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
    ...(named ? [`--connect-to '::${hostname}:'`] : []),
    ...sent.map(([name, value]) => `-H '${name}: ${value}'`),
    `'${target}${path}'`,
  ].join(" ");
}
