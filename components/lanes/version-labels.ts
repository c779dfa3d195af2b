import type { LaneGroup, LaneService } from "./spec";

/*
 * Which pod labels tell a version, and which version a pod's labels tell: one place for both, so that what routes select and
 * what is said of pods cannot disagree.
 */

type Labels = Readonly<Record<string, string>>;
type Group = Pick<LaneGroup, "versionLabel">;

/** Labels that the pods of a version have, and those of no other version of the service. @example { version: "v2" } */
export function versionLabels(group: Group, _service: LaneService, version: string): Labels {
  return { [group.versionLabel]: version };
}

/** The version that a pod of the service is of by its labels, declared or not; undefined: they tell none. */
export function versionOfPod(group: Group, _service: LaneService, pod: Labels): string | undefined {
  return pod[group.versionLabel];
}

/** Keys of the labels that tell the service's versions, each once. @example ["version"] */
export function versionKeys(group: Group, _service: LaneService): readonly string[] {
  return [group.versionLabel];
}

/** What a pod has of the labels that tell versions. */
export function toldBy(group: Group, service: LaneService, pod: Labels): Labels {
  return Object.fromEntries(
    versionKeys(group, service).flatMap((key) => {
      const value = pod[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
