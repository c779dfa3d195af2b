import assert from "node:assert/strict";
import { serviceNamed } from "../components/lanes/plan";
import type { LaneGroup, LaneService } from "../components/lanes/spec";

/** A service that a test knows to be in the group. */
export function serviceIn(group: LaneGroup, name: string): LaneService {
  const found = serviceNamed(group, name);
  assert.ok(found, `no service ${name} in ${group.name}`);
  return found;
}
