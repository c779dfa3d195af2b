import { laneHeader, versionHeader } from "../../lane-headers";
import type { LaneGroup } from "../../spec";
import type { CorsPolicy } from "./shape";

/**
 * A policy with what lanes need of it: pages may send the headers by which lanes and routes of the entry are told, and read
 * those that tell a lane.
 */
export function withLaneHeaders(group: LaneGroup, cors: CorsPolicy): CorsPolicy {
  const { allowHeaders = [], exposeHeaders = [] } = cors;
  const allowed = joined(allowHeaders, entryHeaders(group));
  const exposed = joined(exposeHeaders, group.responseHeaders ? [laneHeader, versionHeader] : []);
  return {
    ...cors,
    ...(allowed.length > 0 && { allowHeaders: allowed }),
    ...(exposed.length > 0 && { exposeHeaders: exposed }),
  };
}

function joined(own: readonly string[], more: readonly string[]): readonly string[] {
  // Envoy takes `*` for all only where it stands alone.
  if (own.includes("*")) return own;
  const known = new Set(own.map((name) => name.toLowerCase()));
  return [...own, ...more.filter((name) => !known.has(name))];
}

const known = new WeakMap<LaneGroup, readonly string[]>();

/** Headers that the entry looks at and a page can write, in the order of the spec; a group has as many rules as lanes. */
function entryHeaders(group: LaneGroup): readonly string[] {
  const found = known.get(group);
  if (found) return found;
  const { entry, lanes } = group;
  const conditions = [...entry.routes, ...lanes.flatMap(({ match }) => match)];
  const names = [
    entry.header ?? [],
    entry.user?.header ?? [],
    ...conditions.map(({ headers }) => Object.keys(headers)),
  ].flat();
  const headers = [...new Set(names.map((name) => name.toLowerCase()))].filter((name) => !isBrowsersOwn(name));
  known.set(group, headers);
  return headers;
}

const browsersOwn = new Set([
  ...["accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method"],
  ...["connection", "content-length", "cookie", "cookie2", "date", "dnt", "expect", "host", "keep-alive", "origin"],
  ...["referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via"],
]);

/** Headers that no page can write, and that browsers never ask for: "forbidden request-header" of https://fetch.spec.whatwg.org */
function isBrowsersOwn(name: string): boolean {
  return browsersOwn.has(name) || name.startsWith("sec-") || name.startsWith("proxy-");
}
