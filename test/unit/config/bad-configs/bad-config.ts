import type { LaneGroupInput } from "../../../../components/lanes/spec";
import { s2Input, s4Input } from "../../components/lanes/fixtures";

export interface BadConfig {
  readonly title: string;
  readonly raw: Record<string, unknown>;
  readonly path: string;
  readonly got: string;
  readonly expected: string;
  readonly fix: RegExp;
}

export const group = "laneGroups[0]";
export type Lanes = LaneGroupInput["lanes"];
export type Change = { readonly [key in keyof LaneGroupInput]?: unknown } & { readonly [key: string]: unknown };

export const strict = (change: Change) => ({ laneGroups: [{ ...s2Input, ...change }] });
export const permissive = (change: Change) => ({ laneGroups: [{ ...s4Input, ...change }] });
export const strictEntry = (change: object) => strict({ entry: { ...s2Input.entry, ...change } });
export const permissiveEntry = (change: object) => permissive({ entry: { ...s4Input.entry, ...change } });
export const strictLane = (change: object) => strict({ lanes: replaceAt(s2Input.lanes, 1, change) });
export const permissiveLane = (change: object) => permissive({ lanes: replaceAt(s4Input.lanes, 1, change) });
export const strictService = (change: object) => strict({ services: replaceAt(s2Input.services, 1, change) });
export const match = (conditions: object) => permissiveLane({ match: conditions });
export const workload = {
  name: "mocka",
  app: "mock",
  port: 8000,
  versions: ["v1", "v2", "v3"],
  versionLabel: "ASM_TRAFFIC_TAG",
};
export const workloads = (change: object) => ({ workloads: [{ ...workload, ...change }] });

export function replaceAt(list: readonly object[], at: number, change: object): object[] {
  return list.map((item, index) => (index === at ? { ...item, ...change } : item));
}

export function bad(
  title: string,
  raw: Record<string, unknown>,
  path: string,
  got: string,
  expected: string,
  fix: RegExp,
): BadConfig {
  return { title, raw, path, got, expected, fix };
}
