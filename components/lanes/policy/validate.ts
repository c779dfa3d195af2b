import { ownVersion } from "../plan";
import { laneHeader, versionHeader } from "../rules";
import type { LaneGroup, LaneService } from "../spec";
import { didYouMean } from "../suggest";
import { isHeaderName, isHeaderValue, reservedHeaderReason } from "../syntax";
import { type Problems, quote } from "../validate/problems";
import { validateCors } from "./cors/validate";
import { istioDuration, istioMillis, millis } from "./duration";
import { namesOf } from "./effective";
import { validateLanePolicies } from "./lanes";
import { validateMirrors } from "./mirror/validate";
import { isRetryCondition, retryConditions } from "./retry-on";
import type { Fault, RoutePolicy, TrafficPolicy } from "./shape";

/** What Istio or Envoy would refuse of policies, and what would break lanes. */
export function validatePolicies(problems: Problems, at: string, group: LaneGroup): void {
  validatePolicy(problems, `${at}.policy`, group, group.policy);
  validatePolicy(problems, `${at}.entry.policy`, group, group.entry.policy);
  validateFaultLanes(problems, `${at}.entry.policy.fault`, group, group.entry.policy?.fault, undefined);
  group.entry.routes.forEach(({ policy }, index) => {
    const path = `${at}.entry.routes[${index}].policy`;
    validatePolicy(problems, path, group, policy);
    validateFaultLanes(problems, `${path}.fault`, group, policy?.fault, undefined);
  });
  group.services.forEach((service, index) => {
    const path = `${at}.services[${index}]`;
    validatePolicy(problems, `${path}.policy`, group, service.policy);
    validateFaultLanes(problems, `${path}.policy.fault`, group, service.policy?.fault, service);
    validateTraffic(problems, `${path}.traffic`, service.traffic);
  });
  group.lanes.forEach((lane, index) => {
    validatePolicy(problems, `${at}.lanes[${index}].policy`, group, lane.policy);
  });
  validateLanePolicies(problems, at, group);
  validateMirrors(problems, at, group);
  validateCors(problems, at, group);
}

function validatePolicy(problems: Problems, path: string, group: LaneGroup, policy: RoutePolicy | undefined): void {
  if (!policy) return;
  const { timeout, headers, fault } = policy;
  // 0s is no limit, which is written as no timeout at all.
  if (millis(timeout) !== 0) checkDuration(problems, `${path}.timeout`, timeout, { or: "0s for no limit, or " });
  validateRetries(problems, `${path}.retries`, policy);
  for (const side of ["request", "response"] as const) {
    const changes = headers?.[side];
    if (!changes) continue;
    const base = `${path}.headers.${side}`;
    for (const name of namesOf(changes)) checkHeader(problems, base, name, group);
    for (const kind of ["set", "add"] as const) {
      for (const [name, value] of Object.entries(changes[kind] ?? {})) {
        if (isHeaderValue(value) && !value.includes("%")) continue;
        const expected = "visible ASCII and inner spaces, and no %, with which Envoy begins its own variables";
        problems.add(`${base}.${kind}.${name}`, `got ${quote(value)}`, expected, "Write a plain text.");
      }
    }
  }
  if (!fault) return;
  checkDuration(problems, `${path}.fault.delay.duration`, fault.delay?.duration);
  if (!fault.delay && !fault.abort) {
    problems.add(`${path}.fault`, "neither delay nor abort", "at least one of them", "Add delay or abort.");
  }
}

function validateRetries(problems: Problems, path: string, { timeout, retries }: RoutePolicy): void {
  if (!retries) return;
  const { attempts, perTryTimeout, on } = retries;
  checkDuration(problems, `${path}.perTryTimeout`, perTryTimeout, {
    ...(millis(perTryTimeout) === 0 && { fix: "Leave it out: one try may then take as long as the timeout." }),
  });
  const [whole, each] = [millis(timeout), millis(perTryTimeout)];
  if (whole !== undefined && whole > 0 && each !== undefined && each > whole) {
    const got = `${perTryTimeout}, longer than the timeout of ${timeout}`;
    problems.add(`${path}.perTryTimeout`, got, "at most the timeout", "Shorten it, or lengthen the timeout.");
  }
  for (const condition of on?.split(",") ?? []) {
    if (isRetryCondition(condition)) continue;
    const expected = `conditions of Envoy's retry_on or statuses, with commas and no spaces between them: ${retryConditions.join(", ")}, 503`;
    const fix = didYouMean(condition, retryConditions, "Write them like 5xx,reset or 502,503.");
    problems.add(`${path}.on`, `got ${quote(condition)}`, expected, fix);
  }
  const beside = [...(perTryTimeout === undefined ? [] : ["perTryTimeout"]), ...(on === undefined ? [] : ["on"])];
  if (attempts === 0 && beside.length > 0) {
    const got = `${beside.join(" and ")} beside attempts 0`;
    problems.add(path, got, "attempts alone where nothing is tried again", `Remove ${beside.join(" and ")}.`);
  }
}

/** A lane without a version of its own at a service has no route there that a fault could be on. */
function validateFaultLanes(
  problems: Problems,
  path: string,
  group: LaneGroup,
  fault: Fault | undefined,
  service: LaneService | undefined,
): void {
  fault?.lanes?.forEach((name, index) => {
    const where = `${path}.lanes[${index}]`;
    const lane = group.lanes.find((candidate) => candidate.name === name);
    if (
      !problems.known(
        where,
        name,
        "lane",
        group.lanes.map((each) => each.name),
      ) ||
      !lane
    )
      return;
    if (!service) {
      if (lane.weight === undefined) return;
      const got = `lane ${name}, which the gateway chooses by weight after it has the route`;
      problems.add(where, got, "a lane that is entered by a header or a match", "Put the fault on a service.");
      return;
    }
    if (name === group.baseline) {
      const got = `lane ${name}, the baseline, whose route other lanes take too`;
      problems.add(where, got, "a lane with a route of its own", "Name other lanes, or none for all requests.");
    } else if (ownVersion(lane, service) === undefined) {
      const got = `lane ${name}, which has no version of ${service.name} and takes the baseline's route`;
      problems.add(where, got, "a lane with its own version of the service", "Put the fault where the lane has one.");
    }
  });
}

function validateTraffic(problems: Problems, path: string, traffic: TrafficPolicy | undefined): void {
  const { outlierDetection, connectionPool } = traffic ?? {};
  checkDuration(problems, `${path}.outlierDetection.interval`, outlierDetection?.interval);
  checkDuration(problems, `${path}.outlierDetection.baseEjectionTime`, outlierDetection?.baseEjectionTime);
  checkDuration(problems, `${path}.connectionPool.connectTimeout`, connectionPool?.connectTimeout);
  checkDuration(problems, `${path}.connectionPool.idleTimeout`, connectionPool?.idleTimeout);
}

function checkHeader(problems: Problems, base: string, name: string, group: LaneGroup): void {
  const own = [group.routeHeader, group.traceHeader, group.entry.header, laneHeader, versionHeader];
  const where = `${base}.${name}`;
  const fix = "Choose another header.";
  if (own.includes(name.toLowerCase())) {
    problems.add(where, `header ${quote(name)}, by which lanes are told`, "a header that lanes do not need", fix);
    return;
  }
  const reason = reservedHeaderReason(name);
  if (reason) problems.add(where, `header ${quote(name)}: ${reason}`, "a header of your own", fix);
  else if (!isHeaderName(name)) {
    problems.add(
      where,
      `got ${quote(name)}`,
      "a header name in lower case, such as x-team",
      `Write ${name.toLowerCase()}.`,
    );
  }
}

function checkDuration(
  problems: Problems,
  path: string,
  text: string | undefined,
  { or = "", fix = "Write it like 500ms or 5s." } = {},
): void {
  if (text === undefined || istioMillis(text) !== undefined) return;
  problems.add(path, `got ${quote(text)}`, `${or}${istioDuration}`, fix);
}
