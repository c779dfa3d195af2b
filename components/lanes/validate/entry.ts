import { covers } from "../hosts";
import { serviceNamed } from "../plan";
import { entryRules, laneHeader } from "../rules";
import { isDraining, type LaneGroup, type LaneGroupInput, type LaneMatch, reject, type StringMatch } from "../spec";
import {
  isCookieName,
  isCookieValue,
  isDnsLabel,
  isHeaderName,
  isHeaderValue,
  isHostPattern,
  reservedHeaderReason,
} from "../syntax";
import { type Problems, quote } from "./problems";

/** Where requests come in, and by which conditions they enter a lane. */
export function validateEntry(problems: Problems, at: string, input: LaneGroupInput, group: LaneGroup): void {
  const { entry } = group;
  const path = `${at}.entry`;
  const laneNames = group.lanes.map((lane) => lane.name);
  const serviceNames = group.services.map((service) => service.name);
  problems.known(`${path}.service`, entry.service, "service", serviceNames);
  const [namespace = "", name = "", ...rest] = entry.gateway.split("/");
  if (rest.length > 0 || !isDnsLabel(namespace) || !isDnsLabel(name)) {
    const fix =
      name === ""
        ? `Write its namespace too: istio-system/${namespace}.`
        : "Write namespace/name, such as istio-system/ingressgateway.";
    problems.add(`${path}.gateway`, `got ${quote(entry.gateway)}`, "namespace/name of a Gateway", fix);
  }
  validateHosts(problems, `${path}.hosts`, entry.hosts);
  validateCover(problems, `${path}.hosts`, entry.hosts);
  if (entry.path) problems.path(`${path}.path`, entry.path);
  if (entry.header !== undefined) validateLaneHeader(problems, `${path}.header`, entry.header);
  const weighted = group.lanes.some((lane) => lane.weight !== undefined);
  if (entry.unmatched !== reject && input.entry.unmatched !== undefined) {
    problems.known(`${path}.unmatched`, entry.unmatched, "lane", laneNames);
  }
  if (weighted && input.entry.unmatched !== undefined) {
    const got = `got ${quote(entry.unmatched)} beside weights`;
    problems.add(
      `${path}.unmatched`,
      got,
      "unmatched or weights, not both",
      "Remove unmatched: weights take the rest.",
    );
  }
  validateReachable(problems, path, group);
  group.lanes.forEach((lane, index) => {
    const lanePath = `${at}.lanes[${index}]`;
    lane.match.forEach((match, at) => {
      // A single set of conditions is written without a list.
      const isList = Array.isArray(input.lanes[index]?.match);
      validateMatch(problems, `${lanePath}.match${isList ? `[${at}]` : ""}`, match);
    });
    const entered = lane.match.length > 0 || lane.weight !== undefined || entry.header !== undefined;
    if (entered || isDraining(lane) || lane.name === group.baseline || (!weighted && lane.name === entry.unmatched))
      return;
    const expected = "a match or a weight on the lane, or a header on the entry";
    problems.add(lanePath, `no request can enter lane ${lane.name}`, expected, "Give the lane a match or a weight.");
  });
}

/** A group that nothing can enter has no entry route to render. One whose entry names no service of its own is told as that. */
function validateReachable(problems: Problems, path: string, group: LaneGroup): void {
  const named = [group.entry.service, ...group.entry.routes.map(({ service }) => service)];
  if (entryRules(group).length > 0 || !named.every((name) => serviceNamed(group, name))) return;
  const expected = "a lane's name, or a header, match or weight by which requests enter a lane";
  problems.add(`${path}.unmatched`, "every request is rejected", expected, "Set unmatched to a lane.");
}

const clientLane = "the proxies write it for their access logs, and the gateway removes a client's";

/** A header whose value is a lane's name. */
export function validateLaneHeader(problems: Problems, path: string, header: string): void {
  const reason = header.toLowerCase() === laneHeader ? clientLane : reservedHeaderReason(header);
  if (reason) {
    problems.add(
      path,
      `got ${quote(header)}: ${reason}`,
      "a header of your own, such as x-lane",
      "Choose another header.",
    );
  } else if (!isHeaderName(header)) {
    const fix = isHeaderName(header.toLowerCase()) ? `Write ${header.toLowerCase()}.` : "Write a name such as x-lane.";
    problems.add(path, `got ${quote(header)}`, "a header name in lower case, such as x-lane", fix);
  }
}

/** Conditions of a lane or of a route of the entry, each by itself. */
export function validateMatch(problems: Problems, path: string, match: LaneMatch): void {
  if (isEmptyMatch(match)) {
    problems.add(
      path,
      "got an empty match",
      "at least one condition",
      "Add headers, cookies, query, hosts, path or method.",
    );
  }
  for (const [name, value] of Object.entries(match.headers)) {
    const where = `${path}.headers.${name}`;
    problems.stringMatch(where, value);
    validateMatchHeader(problems, where, name, value);
  }
  for (const [name, value] of Object.entries(match.cookies)) {
    const where = `${path}.cookies.${name}`;
    problems.stringMatch(where, value);
    if (!isCookieName(name)) {
      problems.add(where, `cookie name ${quote(name)}`, "letters, digits and !#$%&'*+-.^_`|~", "Rename the cookie.");
    }
    if (value.value !== "" && !isCookieValue(value.value)) {
      const expected = 'visible ASCII without spaces, " , ; and \\';
      const fix = `Percent-encode it: ${encodeURIComponent(value.value)}.`;
      problems.add(where, `cookie value ${quote(value.value)}`, expected, fix);
    }
  }
  const cookies = Object.keys(match.cookies);
  if (cookies.length > 1) {
    // A conjunction over one header needs lookahead, which RE2 does not have.
    problems.add(`${path}.cookies`, `got ${cookies.join(" and ")}`, "one cookie", "Keep one of them.");
  }
  for (const [name, value] of Object.entries(match.query)) {
    const where = `${path}.query.${name}`;
    problems.stringMatch(where, value);
    if (name === "" || /[&=#\s]/.test(name)) {
      problems.add(where, `query key ${quote(name)}`, "a key without & = # and spaces", "Write it as in the URL.");
    }
    if (value.kind !== "regex" && /[&#\s]/.test(value.value)) {
      const expected = "a text as written in the URL: no & # and spaces";
      problems.add(where, `got ${quote(value.value)}`, expected, "Percent-encode the value.");
    }
  }
  validateHosts(problems, `${path}.hosts`, match.hosts);
  if (match.path) problems.path(`${path}.path`, match.path);
  if (match.method) validateMethod(problems, `${path}.method`, match.method);
}

/** RFC 9110 9.1: letter case counts, and those in use are in capitals. */
function validateMethod(problems: Problems, path: string, method: StringMatch): void {
  problems.stringMatch(path, method);
  if (method.kind === "regex" || method.value === "" || /^[A-Z][A-Z-]*$/.test(method.value)) return;
  const upper = method.value.toUpperCase();
  const fix = /^[A-Z][A-Z-]*$/.test(upper)
    ? `Write ${upper}.`
    : "Write a method such as GET, or { regex: GET|HEAD } for several.";
  problems.add(path, `got ${quote(method.value)}`, "an HTTP method in capitals, such as GET", fix);
}

function validateMatchHeader(problems: Problems, where: string, name: string, value: StringMatch): void {
  if (name === "host" || name.startsWith(":") || name === "cookie") {
    const fix = name === "cookie" ? "Use match.cookies." : "Use match.hosts or match.path.";
    problems.add(where, `header ${quote(name)}`, "a header that is not a pseudo header", fix);
  } else if (name === "baggage") {
    const fix = "Match a header, cookie, query or host; the gateway sets baggage itself.";
    problems.add(where, `header "baggage"`, "a header that holds one value", fix);
  } else if (name.toLowerCase() === laneHeader) {
    const fix = "Choose another header.";
    problems.add(where, `header ${quote(name)}: ${clientLane}`, "a header of your own, such as x-lane", fix);
  } else if (!isHeaderName(name)) {
    const fix = isHeaderName(name.toLowerCase()) ? `Write ${name.toLowerCase()}.` : "Write a name such as x-lane.";
    problems.add(where, `header ${quote(name)}`, "a header name in lower case, such as x-lane", fix);
  }
  if (value.kind !== "regex" && value.value !== "" && !isHeaderValue(value.value)) {
    const expected = "visible ASCII and inner spaces";
    const fix = "Remove line breaks, outer spaces and signs beyond ASCII.";
    problems.add(where, `header value ${quote(value.value)}`, expected, fix);
  }
}

function validateHosts(problems: Problems, path: string, hosts: readonly string[]): void {
  hosts.forEach((host, index) => {
    if (isHostPattern(host)) return;
    const bare = host
      .toLowerCase()
      .replace(/^[a-z]+:\/\//, "")
      .replace(/[:/].*$/, "")
      .replace(/\.$/, "");
    const fix =
      bare !== host && isHostPattern(bare)
        ? `Write ${bare}.`
        : "Write a DNS name such as shop.example.com, or *.example.com for all below it.";
    problems.add(`${path}[${index}]`, `got ${quote(host)}`, "*, a DNS name, or *.name; no scheme, port or path", fix);
  });
  problems.duplicates(hosts, (index) => `${path}[${index}]`, "host");
}

/** Istio's webhook refuses a VirtualService of which one host covers another: "duplicate hosts in virtual service". */
function validateCover(problems: Problems, path: string, hosts: readonly string[]): void {
  hosts.forEach((host, index) => {
    for (const other of hosts.slice(0, index)) {
      const [wide, narrow] = covers(other, host) ? [other, host] : [host, other];
      if (host.toLowerCase() === other.toLowerCase() || !covers(wide, narrow)) continue;
      const got = `${quote(narrow)} is covered by ${quote(wide)}`;
      const fix = `Remove ${narrow}; a lane can ask for it with match.hosts.`;
      problems.add(`${path}[${index}]`, got, "hosts of which none covers another", fix);
      return;
    }
  });
}

/** A match without conditions: reported by itself, and not compared with other rules. */
export function isEmptyMatch(match: LaneMatch): boolean {
  const conditions = [match.headers, match.cookies, match.query].flatMap((kind) => Object.keys(kind));
  return conditions.length === 0 && match.hosts.length === 0 && !match.path && !match.method;
}
