import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { LaneGroupInput } from "../../components/lanes/spec";
import { projectRoot } from "../../tools/paths";
import { lanes } from "../e2e/support";

/** A stack on the embedded node with one large group, whose services run nowhere: what is measured is the group's objects. */
export const stack = "e2e-bench";
const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);

/** Brings the node up with this group, or with none. */
export async function bringUp(laneGroup: LaneGroupInput | undefined): Promise<void> {
  write(laneGroup);
  const { exitCode, stdout } = await lanes("up", "--stack", stack, "--no-verify");
  assert.equal(exitCode, 0, stdout);
}

export async function takeDown(): Promise<void> {
  await lanes("destroy", "--stack", stack);
  await lanes("stop", "--stack", stack, "--purge");
  rmSync(stackFile, { force: true });
}

export function write(laneGroup: LaneGroupInput | undefined): void {
  const config = {
    "mesh-lanes:cluster": { kind: "embedded" },
    "mesh-lanes:workloads": [],
    "mesh-lanes:laneGroups": laneGroup ? [laneGroup] : [],
  };
  // What the engine has written there: a file without it is one of another stack.
  const { config: _before, ...settings } = existsSync(stackFile) ? parse(readFileSync(stackFile, "utf8")) : {};
  writeFileSync(stackFile, stringify({ config, ...settings }));
}

/** @param share percent of the second lane's; the rest is the first one's. */
export function largeGroup(
  { services, lanes: count }: { readonly services: number; readonly lanes: number },
  share = 0,
): LaneGroupInput {
  const names = Array.from({ length: count }, (_, index) => `v${index + 1}`);
  return {
    ...{ name: "bench", mode: "permissive", routeHeader: "x-lane", baseline: "v1" },
    services: Array.from({ length: services }, (_, index) => ({
      name: `service-${index}`,
      port: 8000,
      versions: names,
    })),
    entry: { service: "service-0", gateway: "istio-system/ingressgateway", hosts: ["bench.example.com"] },
    lanes: names.map((name, index) => ({ name, weight: index === 0 ? 100 - share : index === 1 ? share : 0 })),
  };
}
