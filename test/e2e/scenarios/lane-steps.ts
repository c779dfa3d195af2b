import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Document, parse, stringify } from "yaml";
import type { LaneGroupInput } from "../../../components/lanes/spec";
import { projectRoot, workFolder } from "../../../tools/paths";
import { scenarioFiles } from "./scenario-groups";

/** What happens to the newest lane of each scenario, in the order of its life. */
const laneSteps = ["start", "add", "shift", "promote", "roll back", "retire"] as const;
export type LaneStep = (typeof laneSteps)[number];

type Lane = LaneGroupInput["lanes"][number];

/** The newest lane in one step of its life. */
interface Newest {
  readonly exists: boolean;
  /** Percent of the requests that name no lane. */
  readonly weight: number;
  readonly isBaseline: boolean;
}

const newest: Readonly<Record<LaneStep, Newest>> = {
  start: { exists: false, weight: 0, isBaseline: false },
  add: { exists: true, weight: 0, isBaseline: false },
  shift: { exists: true, weight: 30, isBaseline: false },
  promote: { exists: true, weight: 100, isBaseline: true },
  "roll back": { exists: true, weight: 0, isBaseline: false },
  retire: { exists: false, weight: 0, isBaseline: false },
};

/** The header that names the lane in S3 and S5. */
export const laneHeader = "x-lane";

const by = (header: string, value: string): Pick<Lane, "match"> => ({ match: { headers: { [header]: value } } });
const ifAny = <T>(exists: boolean, value: T): T[] => (exists ? [value] : []);

interface Fragment {
  readonly workloads: { name: string; versions: string[] }[];
  readonly laneGroups: LaneGroupInput[];
}

/** S1: helloworld v3. Its pods come and go with the lane; promoted, the baseline takes its version. */
function websocket({ exists, weight, isBaseline }: Newest, { workloads, laneGroups: [group] }: Fragment): void {
  const helloworld = workloads.find(({ name }) => name === "helloworld");
  assert.ok(helloworld && group);
  const versions = ["v1", "v2", ...ifAny(exists, "v3")];
  helloworld.versions = versions;
  for (const service of group.services) if (service.name === "helloworld") service.versions = versions;
  group.lanes = [
    {
      ...{ name: "baseline", version: "v1", weight: 100 - weight },
      ...(isBaseline && { versions: { helloworld: "v3" } }),
    },
    ...["v1", "v2"].map((name) => ({ name, services: ["helloworld"] })),
    ...ifAny(exists, { name: "v3", services: ["helloworld"], weight, ...by("version", "v3") }),
  ];
}

/** S2: strict and without a baseline, but for the step that names one. */
function strict({ exists, weight, isBaseline }: Newest, group: LaneGroupInput): LaneGroupInput {
  const { service, gateway, hosts, path } = group.entry;
  const lane = (name: string, version: string, share: number): Lane => ({
    ...{ name, version, weight: share },
    ...by("x-asm-prefer-tag", name),
  });
  return {
    ...group,
    entry: { service, gateway, hosts, path },
    ...(isBaseline && { baseline: "s3" }),
    lanes: [lane("s1", "v1", 100 - weight), lane("s2", "v2", 0), ...ifAny(exists, lane("s3", "v3", weight))],
  };
}

/** S3 and S5: a second version of each server. Its pods stay when the lane goes, since they hold open sockets. */
function servers(step: LaneStep, { exists, weight, isBaseline }: Newest, { workloads, laneGroups }: Fragment): void {
  for (const group of laneGroups) {
    const [service] = group.services;
    const workload = workloads.find(({ name }) => name === service?.name);
    assert.ok(service && workload);
    workload.versions = service.versions = step === "start" ? ["v1"] : ["v1", "v2"];
    group.baseline = isBaseline ? "v2" : "v1";
    group.lanes = [
      { name: "v1", weight: 100 - weight, ...by(laneHeader, "v1") },
      ...ifAny(exists, { name: "v2", weight, ...by(laneHeader, "v2") }),
    ];
  }
}

/** S4: lane v3 has no mockc, so the baseline that it is promoted to keeps its own. */
function baggage({ exists, weight, isBaseline }: Newest, { laneGroups: [group] }: Fragment): void {
  assert.ok(group);
  const own = isBaseline || weight === 0 ? 60 : 40;
  group.lanes = [
    { name: "v1", weight: own, ...(isBaseline && { versions: { mocka: "v3", mockb: "v3" } }) },
    { name: "v2", weight: isBaseline || weight === 0 ? 40 : 30 },
    ...ifAny(exists, { name: "v3", weight: isBaseline ? 0 : weight }),
  ];
}

/** All scenarios in one step of their newest lane's life: a change of the stack's config. */
export function scenariosAt(step: LaneStep): (config: Document) => void {
  const folder = join(workFolder, "e2e", "lane-steps");
  mkdirSync(folder, { recursive: true });
  const change = (file: string, edit: (fragment: Fragment) => void): string => {
    const fragment = parse(readFileSync(join(projectRoot, file), "utf8"), { merge: true });
    edit(fragment);
    const path = join(folder, file.replaceAll("/", "-"));
    writeFileSync(path, stringify(fragment, { aliasDuplicateObjects: false }));
    return relative(projectRoot, path);
  };
  const lane = newest[step];
  const [s1, s3, s4, s5] = scenarioFiles;
  const include = [
    change(s1, (fragment) => websocket(lane, fragment)),
    change(s3, (fragment) => servers(step, lane, fragment)),
    change(s4, (fragment) => baggage(lane, fragment)),
    change(s5, (fragment) => servers(step, lane, fragment)),
  ];
  return (config) => {
    const [group] = config.toJS().config["mesh-lanes:laneGroups"];
    config.setIn(["config", "mesh-lanes:laneGroups"], [strict(lane, group)]);
    config.setIn(["config", "mesh-lanes:include"], include);
  };
}
