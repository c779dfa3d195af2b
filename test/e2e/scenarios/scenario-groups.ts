import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type LaneGroupInput, readLaneGroup } from "../../../components/lanes/spec";
import { projectRoot } from "../../../tools/paths";

/** The fragments of scenarios/; S2 is the dev stack's own lane group. */
export const scenarioFiles = [
  "scenarios/s1-websocket.yaml",
  "scenarios/s3-live-chart.yaml",
  "scenarios/s4-permissive.yaml",
  "scenarios/s5-websocket-protocols.yaml",
] as const;

/** The lane groups of S1 to S5, as they are for Istio. */
export function scenarioGroups(): LaneGroupInput[] {
  const read = (file: string) => parse(readFileSync(join(projectRoot, file), "utf8"));
  const lists: unknown[] = [
    read("Pulumi.dev.yaml").config["mesh-lanes:laneGroups"],
    ...scenarioFiles.map((file) => read(file).laneGroups),
  ];
  return lists.flat().map((group) => {
    const read = readLaneGroup(group);
    assert.ok(read);
    return read.input;
  });
}

/** A group of S1 to S5 by its name. */
export function scenarioGroup(name: string): LaneGroupInput {
  const group = scenarioGroups().find((candidate) => candidate.name === name);
  assert.ok(group, `no lane group ${name} in the scenarios`);
  return group;
}

/** A group without what swimlanes cannot do, as the problems of `validateLaneGroups` say. */
export function asSwimlanes(input: LaneGroupInput): LaneGroupInput {
  const { baseline, ...rest } = input;
  const weighted = input.lanes.some((lane) => lane.weight !== undefined);
  const strictEntry = baseline === undefined ? input.entry : { ...input.entry, unmatched: baseline };
  return {
    ...rest,
    asmWay: "swimlanes",
    ...(input.mode === "permissive" && { baseline }),
    entry: input.mode === "strict" ? strictEntry : { ...input.entry, ...(weighted && { sticky: false }) },
    services: input.services.map(({ http2: _, ...service }) => service),
  };
}

/** The same lanes with other names, since an ASMSwimLane has no namespace. Each keeps its version. */
export function withLaneNames(input: LaneGroupInput, rename: (name: string) => string): LaneGroupInput {
  return {
    ...input,
    ...(input.baseline !== undefined && { baseline: rename(input.baseline) }),
    lanes: input.lanes.map((lane) => ({ ...lane, name: rename(lane.name), version: lane.version ?? lane.name })),
  };
}
