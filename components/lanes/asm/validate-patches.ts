import type { RoutePolicy } from "../policy/shape";
import type { LaneGroup } from "../spec";
import type { Problems } from "../validate/problems";
import { swimlaneEntry } from "./entry";

const expected = "timeout, retries and faults of all lanes: what one patch can say";

/** Policies of a swimlane group that one patch for each service cannot say, however ASM reads it. */
export function validatePatches(problems: Problems, at: string, group: LaneGroup): void {
  validatePolicy(problems, `${at}.policy`, group.policy);
  // Where the gateway's route is the product's own, ASM has none to lay a patch over.
  const behindGateway = swimlaneEntry(group).kind === "pass-through" ? undefined : group.entry.service;
  group.services.forEach(({ name, policy }, index) => {
    const path = `${at}.services[${index}].policy`;
    validatePolicy(problems, path, policy);
    if (!policy?.fault || name !== behindGateway) return;
    const got = `fault of ${name}, which the gateway leads to: if ASM lays the patch over the gateway's routes too, clients meet it`;
    const fix = "Put the fault on a service behind it, or use asmWay: routes.";
    problems.add(`${path}.fault`, got, "a fault that calls of other services meet, and nobody else", fix);
  });
}

function validatePolicy(problems: Problems, path: string, policy: RoutePolicy | undefined): void {
  if (!policy) return;
  for (const [key, why] of reasons) {
    if (!policy[key]) continue;
    problems.add(`${path}.${key}`, `${key} with swimlanes: ${why}`, expected, `Remove ${key}, or use asmWay: routes.`);
  }
  if (!policy.fault?.lanes) return;
  const got = "a fault of some lanes with swimlanes: a patch is for all lanes";
  problems.add(`${path}.fault.lanes`, got, expected, "Remove lanes, or use asmWay: routes.");
}

const reasons = [
  ["headers", "a patch of them may overwrite those by which ASM tells lanes"],
  ["cors", "a preflight names no lane, and whether a patch reaches the gateway's routes is not told"],
  ["mirror", "copies are of the baseline's requests, a patch is for all lanes"],
] as const;
