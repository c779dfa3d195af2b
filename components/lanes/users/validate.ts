import { laneHeader, versionHeader } from "../lane-headers";
import type { LaneGroup, LaneGroupInput } from "../spec";
import { isCookieName, isHeaderName, reservedHeaderReason } from "../syntax";
import { type Problems, quote } from "../validate/problems";

/** Headers that hold an id, though they are not for lanes: nothing on the way writes them. */
const allowed = new Set(["authorization"]);

/** Envoy joins their lines before it looks at them. */
const joined = new Set(["origin", "access-control-request-method", "access-control-request-headers"]);

/** Shares of users: where a request tells its user, and what goes with it. */
export function validateUsers(problems: Problems, at: string, input: LaneGroupInput, group: LaneGroup): void {
  const { user } = group.entry;
  if (!user) return;
  const path = `${at}.entry.user`;
  const named = Object.entries(user).filter(([, value]) => value !== undefined);
  if (named.length !== 1) {
    const got = named.length === 0 ? "got none of them" : `got ${named.map(([key]) => key).join(" and ")}`;
    problems.add(path, got, "one of header, cookie, query", "Keep the one that holds the user's id.");
  }
  if (group.lanes.every(({ weight }) => weight === undefined)) {
    const fix = "Give lanes a weight, or remove user.";
    problems.add(path, "no lane has a weight", "lanes with weights, which are shares of the users", fix);
  }
  if (input.entry.sticky !== undefined && input.entry.sticky !== false) {
    const got = "a cookie beside user: it would keep clients where their user no longer belongs";
    problems.add(`${at}.entry.sticky`, got, "user or sticky, not both", "Remove sticky.");
  }
  if (user.header !== undefined) validateHeader(problems, `${path}.header`, user.header, group);
  if (user.cookie !== undefined && !isCookieName(user.cookie)) {
    const got = `got ${quote(user.cookie)}`;
    problems.add(`${path}.cookie`, got, "letters, digits and !#$%&'*+-.^_`|~", "Write the cookie's name.");
  }
  if (user.query !== undefined && (user.query === "" || /[&=#\s]/.test(user.query))) {
    const fix = "Write it as in the URL.";
    problems.add(`${path}.query`, `query key ${quote(user.query)}`, "a key without & = # and spaces", fix);
  }
}

function validateHeader(problems: Problems, path: string, header: string, group: LaneGroup): void {
  const reason = reasonAgainst(header, group);
  const expected = "a header that clients or a filter in front of the routes fill in, such as x-user-id";
  if (reason !== undefined) {
    problems.add(path, `header ${quote(header)}: ${reason}`, expected, "Name the header that holds the user's id.");
  } else if (!isHeaderName(header)) {
    const lower = header.toLowerCase();
    const fix = isHeaderName(lower) ? `Write ${lower}.` : "Write a name such as x-user-id.";
    problems.add(path, `got ${quote(header)}`, "a header name in lower case, such as x-user-id", fix);
  }
}

function reasonAgainst(header: string, { routeHeader, entry }: LaneGroup): string | undefined {
  const lower = header.toLowerCase();
  if ([laneHeader, versionHeader, routeHeader, entry.header].includes(lower)) return "it names a lane, not a user";
  if (lower === "cookie") return "it holds all cookies: name one with cookie";
  if (joined.has(lower)) return "browsers own it";
  return allowed.has(lower) ? undefined : reservedHeaderReason(lower);
}
