import { selectorText, selects } from "../labels";
import { ownVersion } from "../plan";
import { callersOf, strictCallers } from "../sources";
import type { LaneGroup, LaneGroupInput, MeshKind } from "../spec";
import { isLabelValue } from "../syntax";
import { callerLabels, hasOwnLabels } from "../version-labels";
import { validateLaneHeader } from "./entry";
import { type Problems, quote } from "./problems";

/** What only one of the two modes may or must have. */
export function validateMode(
  problems: Problems,
  at: string,
  input: LaneGroupInput,
  group: LaneGroup,
  mesh: MeshKind,
): void {
  if (input.mode === "strict") validateStrict(problems, at, input, group);
  else validatePermissive(problems, at, input, mesh);
}

function validateStrict(problems: Problems, at: string, input: LaneGroupInput, group: LaneGroup): void {
  for (const key of ["routeHeader", "traceHeader", "fallback"] as const) {
    if (input[key] === undefined) continue;
    const fix = `Remove ${key}, or use mode permissive.`;
    problems.add(`${at}.${key}`, `${key} in strict mode`, "only in permissive mode", fix);
  }
  input.services.forEach((service, index) => {
    if (service.fallback === undefined) return;
    const fix = "Remove fallback, or use mode permissive.";
    problems.add(`${at}.services[${index}].fallback`, "fallback in strict mode", "only in permissive mode", fix);
  });
  validateSources(problems, at, group);
  validateCallerLabels(problems, at, group);
}

/** In strict mode a caller's version label is all that tells its lane. One value must not stand for two lanes. */
export function validateSources(problems: Problems, at: string, group: LaneGroup): void {
  const reported = new Set<string>();
  for (const callee of group.services) {
    const laneOf = new Map<string, string>();
    group.lanes.forEach((lane, index) => {
      for (const { version: label } of strictCallers(group, lane, callee.name)) {
        const other = laneOf.get(label);
        if (other === undefined) laneOf.set(label, lane.name);
        else if (other !== lane.name && isLabelValue(label) && !reported.has(`${other} ${lane.name} ${label}`)) {
          reported.add(`${other} ${lane.name} ${label}`);
          const callers = callersOf(group, callee.name)
            .filter((caller) => ownVersion(lane, caller) === label)
            .map((caller) => caller.name);
          const got = `lanes ${other} and ${lane.name} both have version ${quote(label)} of ${callers.join(" or ")}`;
          const expected = "one lane per caller's version: the caller's label is all that tells its lane";
          problems.add(`${at}.lanes[${index}].version`, got, expected, "Give one lane a version of its own.");
        }
      }
    });
  }
}

/** Where services tell their versions by different labels, those of one caller may be among those of another. */
function validateCallerLabels(problems: Problems, at: string, group: LaneGroup): void {
  if (!group.services.some((service) => hasOwnLabels(group, service))) return;
  const reported = new Set<string>();
  for (const callee of group.services) {
    const callers = group.lanes.flatMap((lane, index) =>
      strictCallers(group, lane, callee.name).map(({ service, version }) => {
        const labels = callerLabels(group, service, version);
        return { service: service.name, version, labels, lane: lane.name, index };
      }),
    );
    callers.forEach((caller, place) => {
      const other = callers.slice(0, place).find(
        (each) =>
          each.lane !== caller.lane &&
          // Two versions of one service are told by validateVersionLabels, one version in two lanes by validateSources.
          each.service !== caller.service &&
          each.version !== caller.version &&
          (selects(each.labels, caller.labels) || selects(caller.labels, each.labels)),
      );
      if (!other) return;
      const [one, two] = [selectorText(other.labels), selectorText(caller.labels)];
      if (reported.has(`${one} ${two}`)) return;
      reported.add(`${one} ${two}`);
      const got = `pods with ${two} in lane ${caller.lane}, and pods with ${one} in lane ${other.lane}`;
      const expected = "callers of each lane that no other lane's labels fit: labels are all that tells their lane";
      const fix = "Write labels of the services that tell their pods apart, or give the versions other labels.";
      problems.add(`${at}.lanes[${caller.index}]`, got, expected, fix);
    });
  }
}

function validatePermissive(problems: Problems, at: string, input: LaneGroupInput, mesh: MeshKind): void {
  if (input.baseline === undefined) {
    problems.add(`${at}.baseline`, "missing", "the name of a lane", "Name the lane that the others fall back to.");
  }
  if (input.routeHeader === undefined) {
    const fix = "Add a header that names the lane, such as x-lane.";
    problems.add(`${at}.routeHeader`, "missing", "a header name in lower case, such as x-lane", fix);
  } else {
    validateLaneHeader(problems, `${at}.routeHeader`, input.routeHeader);
  }
  const trace = input.traceHeader;
  // ASM can look a lane up by a trace id: its kinds of trace header are judged in asm/.
  if (mesh === "asm" || trace === undefined || trace === "baggage" || trace === input.routeHeader) return;
  const got = `got ${quote(trace)}: Istio can read a lane out of baggage only, not look it up by a trace id`;
  const fix = "Use baggage, or forward routeHeader itself and name it here.";
  problems.add(`${at}.traceHeader`, got, "baggage, or the same as routeHeader", fix);
}
