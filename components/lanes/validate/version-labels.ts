import { excludeEachOther, selectorText, selects } from "../labels";
import { servicePodLabels } from "../object";
import type { LaneGroup, LaneService } from "../spec";
import { isLabelKey, isLabelValue } from "../syntax";
import { versionKeys } from "../version-labels";
import { type Problems, quote } from "./problems";

type Labels = Readonly<Record<string, string>>;

const labelKey = "a Kubernetes label key, such as version or ASM_TRAFFIC_TAG";

/** The label of the whole group. */
export function validateGroupLabel(problems: Problems, at: string, { versionLabel }: LaneGroup): void {
  if (isLabelKey(versionLabel)) return;
  problems.add(`${at}.versionLabel`, `got ${quote(versionLabel)}`, labelKey, "Name the pod label of versions.");
}

/** The labels of a service's own: each version has some, and no pod can have those of two. */
export function validateVersionLabels(problems: Problems, path: string, group: LaneGroup, service: LaneService): void {
  const { versionLabel, versionLabels: map, versions } = service;
  if (versionLabel !== undefined && !isLabelKey(versionLabel)) {
    problems.add(`${path}.versionLabel`, `got ${quote(versionLabel)}`, labelKey, "Name the pod label of versions.");
  }
  if (versionLabel !== undefined && map) {
    const expected = "one of them: versionLabel, whose value is the version, or versionLabels for any labels";
    problems.add(`${path}.versionLabel`, "versionLabel beside versionLabels", expected, "Remove one of them.");
  }
  if (map) validateMap(problems, `${path}.versionLabels`, versions, map);
  if (map || versionLabel !== undefined) validateCommon(problems, path, group, service);
}

function validateMap(
  problems: Problems,
  at: string,
  versions: readonly string[],
  map: Readonly<Record<string, Labels>>,
): void {
  const wrong = new Set<string>();
  for (const [version, labels] of Object.entries(map)) {
    const path = `${at}.${version}`;
    problems.known(path, version, "version", versions);
    if (Object.keys(labels).length === 0) {
      wrong.add(version);
      problems.add(path, "got {}", "at least one label of the version's pods", "Write the labels that its pods have.");
    }
    for (const [key, value] of Object.entries(labels)) {
      const fix = "Write it as pods have it.";
      if (isLabelKey(key) && isLabelValue(value)) continue;
      wrong.add(version);
      if (!isLabelKey(key)) problems.add(`${path}.${key}`, `key ${quote(key)}`, "a Kubernetes label key", fix);
      else problems.add(`${path}.${key}`, `got ${quote(value)}`, "a Kubernetes label value", fix);
    }
  }
  const named = [...new Set(versions)];
  const missing = named.filter((version) => !Object.hasOwn(map, version));
  for (const version of missing) {
    const got = `no labels of version ${quote(version)}`;
    const expected = `labels of each version of the service: ${named.join(", ")}`;
    problems.add(at, got, expected, `Add ${version}: with the labels of its pods, or remove the version.`);
  }
  const sound = named.filter((version) => !missing.includes(version) && !wrong.has(version));
  sound.forEach((version, index) => {
    for (const other of sound.slice(0, index)) {
      const got = overlap([other, map[other] ?? {}], [version, map[version] ?? {}]);
      if (got === undefined) continue;
      const expected = "labels of which no pod can have those of both: one of the same key, with another value in each";
      const fix = `Write a label that tells ${other} and ${version} apart in both, and give it to the pods.`;
      problems.add(`${at}.${version}`, got, expected, fix);
    }
  });
}

/** How one pod may be of two versions; undefined: it cannot. */
function overlap([one, its]: readonly [string, Labels], [other, theirs]: readonly [string, Labels]) {
  if (excludeEachOther(its, theirs)) return undefined;
  if (selects(its, theirs)) return `${selectorText(its)} of ${one} selects the pods of ${other} too`;
  if (selects(theirs, its)) return `${selectorText(theirs)} of ${other} selects the pods of ${one} too`;
  return `a pod may have both ${selectorText(its)} of ${one} and ${selectorText(theirs)} of ${other}`;
}

/** The labels that all pods of the service have are those of each version too. */
function validateCommon(problems: Problems, path: string, group: LaneGroup, service: LaneService): void {
  for (const [key, value] of Object.entries(servicePodLabels(service))) {
    if (!tellsVersions(group, service, key, value)) continue;
    // What is written is reported with the labels.
    if (service.labels) continue;
    const got = `no labels, so the default ${key}=${value}, and ${key} tells the version`;
    problems.add(`${path}.labels`, got, "labels of all versions", "Write labels that its pods have in all versions.");
  }
}

/** Whether pods of different versions have different values of a label that all are to have. */
export function tellsVersions(group: LaneGroup, service: LaneService, key: string, value: string): boolean {
  const { versionLabels: map } = service;
  if (!map) return versionKeys(group, service).includes(key);
  return Object.values(map).some((labels) => labels[key] !== undefined && labels[key] !== value);
}
