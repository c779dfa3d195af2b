import { selectorText, selects } from "./labels";
import { servicePodLabels } from "./object";
import type { LaneGroup, LaneService } from "./spec";

/*
 * Which pod labels tell a version, and which version a pod's labels tell: one place for both, so that what routes select and
 * what is said of pods cannot disagree.
 */

type Labels = Readonly<Record<string, string>>;
type Group = Pick<LaneGroup, "versionLabel">;
type Told = Pick<LaneService, "versionLabel" | "versionLabels">;
type Service = Told & Pick<LaneService, "versions">;

/**
 * Labels that the pods of a version have, and those of no other version of the service.
 *
 * @example { version: "v2" }, or of a service with `versionLabels` { track: "canary", release: "b" }
 */
export function versionLabels(group: Group, service: Told, version: string): Labels {
  // A version without labels is refused by `validateVersionLabels`.
  return ofMap(service, version) ?? { [keyOf(group, service)]: version };
}

/**
 * The version that a pod of the service is of by its labels; undefined: they tell none. Where the label's value is the version,
 * it may be one that is not declared.
 */
export function versionOfPod(group: Group, service: Service, pod: Labels): string | undefined {
  if (!service.versionLabels) return pod[keyOf(group, service)];
  return service.versions.find((version) => selects(versionLabels(group, service, version), pod));
}

/** Keys of the labels that tell the service's versions, each once. @example ["version"] */
export function versionKeys(group: Group, service: Service): readonly string[] {
  if (!service.versionLabels) return [keyOf(group, service)];
  return [...new Set(service.versions.flatMap((version) => Object.keys(versionLabels(group, service, version))))];
}

/** Selects the pods of all versions of a service, as `kubectl --selector` takes it: those that have the labels, whatever their values. */
export function anyVersionSelector(group: Group, service: LaneService): string {
  const keys = service.versions
    .map((version) => Object.keys(versionLabels(group, service, version)))
    .reduce((common, each) => common.filter((key) => each.includes(key)));
  return keys.length > 0 ? keys.join() : selectorText(servicePodLabels(service));
}

/** What a pod has of the labels that tell versions. */
export function toldBy(group: Group, service: Service, pod: Labels): Labels {
  return Object.fromEntries(
    versionKeys(group, service).flatMap((key) => {
      const value = pod[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** Whether other labels tell the service's versions than the group's one. */
export function hasOwnLabels(group: Group, service: Told): boolean {
  return service.versionLabels !== undefined || keyOf(group, service) !== group.versionLabel;
}

/**
 * Labels by which a route knows calls of a version's pods. Where services tell their versions by different labels, those of
 * one may mean another version at the next, so the service's own labels are among them.
 */
export function callerLabels(
  group: Pick<LaneGroup, "versionLabel" | "services">,
  service: LaneService,
  version: string,
): Labels {
  const labels = versionLabels(group, service, version);
  const differ = group.services.some((each) => hasOwnLabels(group, each));
  return differ ? { ...servicePodLabels(service), ...labels } : labels;
}

function keyOf({ versionLabel }: Group, service: Told): string {
  return service.versionLabel ?? versionLabel;
}

function ofMap({ versionLabels: labels }: Told, version: string): Labels | undefined {
  return labels && Object.hasOwn(labels, version) ? labels[version] : undefined;
}
