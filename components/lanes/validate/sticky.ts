import { stickyCookie } from "../entries/cookie";
import { entryParts } from "../entries/parts";
import { overlaps } from "../hosts";
import type { LaneGroup, StringMatch } from "../spec";
import { isCookieName, isDnsName } from "../syntax";
import { type Problems, quote } from "./problems";

/** The cookie that keeps a client in its lane, as browsers take it (RFC 6265bis). */
export function validateSticky(problems: Problems, at: string, group: LaneGroup): void {
  const { sticky, hosts } = group.entry;
  if (sticky === false) return;
  const path = `${at}.entry.sticky`;
  const { cookie, sameSite, secure, domain, path: below } = sticky;
  if (cookie !== undefined && !isCookieName(cookie)) {
    problems.add(`${path}.cookie`, `got ${quote(cookie)}`, "letters, digits and !#$%&'*+-.^_`|~", "Rename the cookie.");
  }
  if (sameSite === "None" && secure !== true) {
    const fix = "Write secure: true, and serve the hosts by HTTPS; or use sameSite: Lax.";
    problems.add(
      `${path}.sameSite`,
      "None without secure: browsers refuse such a cookie",
      "secure: true beside it",
      fix,
    );
  }
  if (domain !== undefined) validateDomain(problems, `${path}.domain`, domain, hosts);
  validatePath(problems, `${path}.path`, below, group);
  const prefixed = cookie !== undefined && /^__(host|secure)-/i.exec(cookie);
  if (prefixed && secure !== true) {
    problems.add(`${path}.cookie`, `${prefixed[0]} without secure`, "secure: true beside it", "Write secure: true.");
  }
  if (prefixed && prefixed[0].toLowerCase() === "__host-" && (domain !== undefined || below !== "/")) {
    const got = `${prefixed[0]} with a domain or a path`;
    problems.add(`${path}.cookie`, got, "neither domain nor path beside it", "Remove them, or rename the cookie.");
  }
}

function validateDomain(problems: Problems, path: string, domain: string, hosts: readonly string[]): void {
  if (!isDnsName(domain) || !domain.includes(".")) {
    const bare = domain.replace(/^\./, "").toLowerCase();
    const fix = isDnsName(bare) && bare.includes(".") ? `Write ${bare}.` : "Write a domain such as example.com.";
    problems.add(path, `got ${quote(domain)}`, "a DNS name of at least two labels, without a dot in front", fix);
    return;
  }
  // Of `*` nobody knows which hosts there are.
  const others = hosts.filter((host) => host !== "*" && !isBelow(host, domain));
  if (others.length === 0) return;
  const got = `${quote(domain)} does not hold ${others.join(", ")}: browsers refuse the cookie there`;
  problems.add(path, got, "a domain that all hosts of the entry are in", "Remove domain, or name one that they share.");
}

function isBelow(host: string, domain: string): boolean {
  const bare = host.toLowerCase().replace(/^\*\./, "");
  return bare === domain || bare.endsWith(`.${domain}`);
}

/** The cookie must come back with every request of the entry, or a client has another lane on another path. */
function validatePath(problems: Problems, path: string, below: string, group: LaneGroup): void {
  if (!/^\/[!-:<-~]*$/.test(below)) {
    const fix = below.startsWith("/") ? "Percent-encode it." : `Write /${below}.`;
    problems.add(path, `got ${quote(below)}`, "a path that starts with /, without ; and spaces", fix);
    return;
  }
  if (below === "/") return;
  const paths = entryParts(group).flatMap((part) => [part.route ? part.route.path : group.entry.path]);
  const own = group.lanes.flatMap(({ match }) => match.flatMap((conditions) => conditions.path ?? []));
  if ([...paths, ...own].every((one) => isPathBelow(one, below))) return;
  const got = `${quote(below)}: requests of the entry on other paths would not send the cookie`;
  problems.add(path, got, "a path that all of the entry's paths are below", "Remove path.");
}

function isPathBelow(path: StringMatch | undefined, below: string): boolean {
  if (!path || path.kind === "regex" || !path.value.startsWith(below)) return false;
  const rest = path.value.slice(below.length);
  return below.endsWith("/") || rest.startsWith("/") || (rest === "" && path.kind === "exact");
}

interface PlacedGroup {
  readonly path: string;
  readonly group: LaneGroup;
}

/** Two groups that a client meets on one host: the lane of one would be taken for that of the other. */
export function validateCookieNames(problems: Problems, groups: readonly PlacedGroup[]): void {
  const setting = groups.filter(
    ({ group }) => group.entry.sticky !== false && group.lanes.some(({ weight }) => weight !== undefined),
  );
  setting.forEach(({ path, group }, index) => {
    const other = setting
      .slice(0, index)
      .find((earlier) => earlier.group.name !== group.name && sharesCookie(earlier.group, group));
    if (!other) return;
    const got = `cookie ${stickyCookie(group)} is that of lane group ${other.group.name} too, on a host that both have`;
    problems.add(`${path}.entry.sticky.cookie`, got, "a cookie of its own for each group of a host", "Rename one.");
  });
}

function sharesCookie(one: LaneGroup, other: LaneGroup): boolean {
  if (stickyCookie(one) !== stickyCookie(other)) return false;
  return sentTo(one).some((host) => sentTo(other).some((own) => overlaps(host, own)));
}

/** Host patterns at which clients send the cookie. */
function sentTo({ entry: { sticky, hosts } }: LaneGroup): readonly string[] {
  const domain = sticky === false ? undefined : sticky.domain;
  return domain === undefined ? hosts : [domain, `*.${domain}`];
}
