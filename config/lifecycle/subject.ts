import type { Lane, LaneGroup } from "../../components/lanes/spec";
import { didYouMean } from "../../components/lanes/suggest";
import { type Problem, UserError } from "../../tools/user-error";
import { asRecord, type UnknownRecord } from "../../tools/values";
import type { Edit, EditPath } from "../edit/edit";
import type { StackConfig } from "../stack";

/** A lane group that is to change, and what the config says of it. */
export interface Subject {
  readonly group: LaneGroup;
  /** In `laneGroups`. */
  readonly index: number;
  /** The group as it is written, without defaults. */
  readonly written: UnknownRecord;
  readonly workloads: readonly SubjectWorkload[];
}

/** A workload of the config that runs a service of the group. */
export interface SubjectWorkload {
  readonly service: string;
  /** In `workloads`. */
  readonly index: number;
  readonly versions: readonly string[];
  readonly written: UnknownRecord;
}

/** A change of a lane group: the edits of the config, and what to know about them. */
export interface LaneChange {
  readonly edits: readonly Edit[];
  readonly notes: readonly string[];
}

export interface WrittenSections {
  readonly laneGroups: readonly unknown[];
  readonly workloads: readonly unknown[];
}

/** The subject of a change: a group of a config. */
export function subjectOf(config: StackConfig, written: WrittenSections, group: LaneGroup): Subject {
  const index = config.laneGroups.indexOf(group);
  const workloads = config.workloads.flatMap(({ name, namespace, versions }, at): SubjectWorkload[] => {
    const runs = group.services.some((service) => service.name === name && service.namespace === namespace);
    return runs ? [{ service: name, index: at, versions, written: asRecord(written.workloads[at]) }] : [];
  });
  return { group, index, written: asRecord(written.laneGroups[index]), workloads };
}

export function groupPath({ index }: Subject, ...rest: EditPath): EditPath {
  return ["laneGroups", index, ...rest];
}

/** Path to a lane, or to something in it. */
export function lanePath(subject: Subject, lane: string, ...rest: EditPath): EditPath {
  const at = subject.group.lanes.findIndex(({ name }) => name === lane);
  return groupPath(subject, "lanes", at, ...rest);
}

/** @throws UserError when the group has no such lane. */
export function laneOf({ group }: Subject, name: string): Lane {
  const found = group.lanes.find((lane) => lane.name === name);
  if (found) return found;
  throw new UserError(`lane group ${group.name} has no such lane`, [unknownLane(group, name)]);
}

export function unknownLane({ lanes }: LaneGroup, name: string): Problem {
  const names = lanes.map((lane) => lane.name);
  const fix = didYouMean(name, names, "Name a lane of the group.");
  return { path: "lane", got: `got "${name}"`, expected: names.join(", "), fix };
}

/** @throws UserError a change that is not made. */
export function refuse(summary: string, got: string, expected: string, fix: string, path = "lane"): never {
  throw new UserError(summary, [{ path, got, expected, fix }]);
}
