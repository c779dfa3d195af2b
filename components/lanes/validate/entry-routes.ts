import { joinConditions } from "../entries/join";
import { covers as coversHost, overlaps } from "../hosts";
import { laneConditions } from "../rules";
import { type EntryRoute, type LaneGroup, type LaneMatch, reject, type StringMatch } from "../spec";
import { covers } from "../text-match/match";
import { isEmptyMatch, validateMatch } from "./entry";
import { type Problems, quote } from "./problems";

/** Routes of the entry to other services of the group: each by itself, with one another, and with the lanes. */
export function validateEntryRoutes(problems: Problems, at: string, group: LaneGroup): void {
  const { routes, rest } = group.entry;
  const path = `${at}.entry.routes`;
  routes.forEach((route, index) => {
    validateRoute(problems, `${path}[${index}]`, group, route);
  });
  problems.duplicates(
    routes.map(({ name }) => name),
    (index) => `${path}[${index}].name`,
    "route",
  );
  validateReached(problems, path, group);
  validateLanes(problems, at, group);
  if (rest === reject && routes.length === 0) {
    const got = "rest: reject without routes: every request is rejected";
    problems.add(`${at}.entry.rest`, got, "routes, or rest: service", "Add routes, or remove rest.");
  }
}

function validateRoute(problems: Problems, path: string, group: LaneGroup, route: EntryRoute): void {
  const serviceNames = group.services.map(({ name }) => name);
  if (problems.known(`${path}.service`, route.service, "service", serviceNames) || route.name !== route.service) {
    problems.dnsLabel(`${path}.name`, route.name);
  }
  if (group.lanes.some(({ name }) => name === route.name)) {
    const got = `route ${quote(route.name)} has the name of a lane, and both name routes in the mesh`;
    problems.add(`${path}.name`, got, "a name that no lane has", `Write name: to-${route.name}.`);
  }
  const conditions: LaneMatch = { ...route, cookies: {} };
  if (isEmptyMatch(conditions)) {
    const fix = "Add path, method, hosts, headers or query, or make its service entry.service.";
    problems.add(path, `route ${route.name} takes every request`, "at least one condition", fix);
  } else validateMatch(problems, path, conditions);
  route.hosts.forEach((host, index) => {
    if (group.entry.hosts.some((own) => overlaps(own, host))) return;
    const expected = `a host of the entry: ${group.entry.hosts.join(", ")}`;
    problems.add(`${path}.hosts[${index}]`, `got ${quote(host)}`, expected, "Add it to entry.hosts, or remove it.");
  });
  if (route.rewrite !== undefined) validateRewrite(problems, `${path}.rewrite`, route.rewrite, route.path);
}

function validateRewrite(problems: Problems, path: string, rewrite: string, matched: StringMatch | undefined): void {
  if (!matched) {
    const fix = "Add path, such as path: { prefix: /api/ }, or remove rewrite.";
    problems.add(path, "rewrite without path: there is nothing to replace", "a path beside it", fix);
  }
  if (!rewrite.startsWith("/")) {
    problems.add(path, `got ${quote(rewrite)}`, "a path that starts with /", `Write /${rewrite}.`);
  } else if (/[?#\s\\]/.test(rewrite)) {
    const expected = "a path without query, fragment, backslashes and spaces";
    problems.add(path, `got ${quote(rewrite)}`, expected, "Write the path alone; queries are kept as they came.");
  }
}

/** What is never reached, since an earlier route takes all of it: other routes, and the rest. */
function validateReached(problems: Problems, path: string, { entry, lanes }: LaneGroup): void {
  const taking = (route: EntryRoute, before: readonly EntryRoute[]) =>
    before.find((earlier) => !isEmptyMatch({ ...earlier, cookies: {} }) && takesAllOf(earlier, route, entry.hosts));
  entry.routes.forEach((route, index) => {
    const earlier = taking(route, entry.routes.slice(0, index));
    if (!earlier) return;
    const got = `route ${route.name} is never reached: route ${earlier.name} takes all of its requests first`;
    problems.add(
      `${path}[${index}]`,
      got,
      "the narrower route before the wider one",
      "Change the order, or remove it.",
    );
  });
  if (entry.rest === reject) return;
  // A lane's own path stands in for that of the entry.
  const free = lanes.some(({ match }) => match.some((conditions) => conditions.path));
  const rest = { service: entry.service, name: "", headers: {}, query: {}, hosts: [] };
  const earlier = taking({ ...rest, ...(!free && entry.path && { path: entry.path }) }, entry.routes);
  if (!earlier) return;
  const index = entry.routes.indexOf(earlier);
  const got = `route ${earlier.name} takes every request, so that none is left for ${entry.service}`;
  const fix = `Narrow it, or make ${earlier.service} the entry.service.`;
  problems.add(`${path}[${index}]`, got, "a route that leaves some requests, or rest: reject", fix);
}

/** Whether every request that fits `inner` fits `outer`. */
export function takesAllOf(outer: EntryRoute, inner: EntryRoute, entryHosts: readonly string[]): boolean {
  const implied = (wide: StringMatch | undefined, narrow: StringMatch | undefined) =>
    wide === undefined || (narrow !== undefined && covers(wide, narrow));
  const named = (key: "headers" | "query") =>
    Object.entries(outer[key]).every(
      ([name, wide]) => Object.hasOwn(inner[key], name) && implied(wide, inner[key][name]),
    );
  const hosts = inner.hosts.length > 0 ? inner.hosts : entryHosts;
  return (
    // Every path begins like this.
    implied(outer.path, inner.path ?? { kind: "prefix", value: "/" }) &&
    implied(outer.method, inner.method) &&
    named("headers") &&
    named("query") &&
    (outer.hosts.length === 0 || hosts.every((host) => outer.hosts.some((wide) => coversHost(wide, host))))
  );
}

/** A lane's conditions beside a route's: one route of Envoy has to say both. */
function validateLanes(problems: Problems, at: string, group: LaneGroup): void {
  group.lanes.forEach((lane, index) => {
    const told = new Set<string>();
    for (const conditions of laneConditions(group, lane)) {
      for (const route of group.entry.routes) {
        const joined = joinConditions(route, conditions);
        const key = "unclear" in joined ? `${route.name} ${joined.unclear}` : undefined;
        if (!("unclear" in joined) || key === undefined || told.has(key)) continue;
        told.add(key);
        const got = `lane ${lane.name} and route ${route.name} each have a condition for ${joined.unclear}, and neither implies the other`;
        const expected = "conditions of which one is within the other, such as an exact text within a prefix";
        const where = lane.match.length > 0 ? `${at}.lanes[${index}].match` : `${at}.lanes[${index}]`;
        problems.add(where, got, expected, "Make one of them narrower, or remove it from one of them.");
      }
    }
  });
}
