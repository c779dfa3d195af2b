import { excludeEachOther, selects } from "../lanes/labels";
import { isLabelKey, isLabelValue } from "../lanes/syntax";
import { versionLabels, versionOfPod } from "../lanes/version-labels";
import { list } from "./advice/list";
import type { KubeService, KubeWorkload } from "./inventory";
import { nameOf, type ServiceRules } from "./routes";
import { type Backed, hasAll, tellsApart, usualLabels, versionLabelOf } from "./versions";

type Labels = Readonly<Record<string, string>>;

/** By which pod labels the versions of a service are told. */
export interface ToldVersions {
  /** The label whose value is the version. */
  readonly label: string;
  /** Version -> labels of its pods, where not one label is enough. */
  readonly labels?: Readonly<Record<string, Labels>>;
  readonly why: string;
  /** Subsets of somebody's rule that tell versions by several labels, and cannot be said: the rule, and why. */
  readonly left?: { readonly rule: string; readonly got: string };
}

/** How all services of a group tell their versions: the group's label, and what some of them have of their own. */
export interface ToldGroup {
  readonly label: string;
  readonly why: string;
  of(service: KubeService): ToldVersions;
}

/**
 * The group's label, and for each service that it does not tell the versions of another label, or the labels of the subsets
 * that somebody has for it.
 *
 * @param given the label that whoever imports names: that of all services.
 */
export function toldVersions(
  services: readonly Backed[],
  rules: readonly ServiceRules[],
  given: string | undefined,
): ToldGroup {
  if (given !== undefined) {
    const told = { label: given, why: "--version-label says so" };
    return { ...told, of: () => told };
  }
  const maps = new Map(services.map((each) => [each.service, labelsOfSubsets(each, rules)] as const));
  const others = services.filter(({ service }) => maps.get(service)?.labels === undefined);
  const { label, why } = versionLabelOf(others.length > 0 ? others : services);
  const own = new Map(
    others.flatMap((each) => {
      const found = ownLabelOf(each, label);
      return found ? [[each.service, found] as const] : [];
    }),
  );
  return {
    label,
    why,
    of: (service) => {
      const { labels, why: as = "", left } = maps.get(service) ?? {};
      return labels ? { label, labels, why: as } : { ...(own.get(service) ?? { label, why }), ...(left && { left }) };
    },
  };
}

/** A label that tells a service's versions where the group's does not. */
function ownLabelOf(each: Backed, group: string): ToldVersions | undefined {
  const several = each.workloads.length > 1;
  if (hasAll(each, group) && (!several || tellsApart(each, group))) return undefined;
  const best = versionLabelOf([each]);
  const tells = best.label !== group && several && tellsApart(each, best.label);
  const label = tells
    ? best.label
    : hasAll(each, group)
      ? undefined
      : usualLabels.find((usual) => usual !== group && !(usual in each.service.selector) && hasAll(each, usual));
  if (label === undefined) return undefined;
  const why = tells ? `${label} tells its workloads apart` : `its pods have ${label}, and no ${group}`;
  return { label, why };
}

/**
 * Versions as the subsets of a DestinationRule tell them, by their names. Undefined: one label is enough, as it is where its value
 * is the version.
 */
function labelsOfSubsets(
  { service, workloads }: Backed,
  rules: readonly ServiceRules[],
): Partial<Pick<ToldVersions, "labels" | "why" | "left">> | undefined {
  let left: ToldVersions["left"];
  for (const { object, service: of, subsets } of rules) {
    if (of !== service) continue;
    const found = subsets.flatMap(({ name, labels }) => {
      const all = Object.fromEntries(textEntries(labels));
      const used = workloads.some((workload) => selects(all, workload.labels));
      return used && isLabelValue(name) && isSound(all) ? [{ name, all }] : [];
    });
    const telling = found.map(({ name, all }) => {
      // What every pod of the service has tells nothing.
      const entries = Object.entries(all).filter(
        ([key, value]) => !workloads.every((workload) => workload.labels[key] === value) || found.length === 1,
      );
      return { name, labels: Object.fromEntries(entries.filter(([key, value]) => service.selector[key] !== value)) };
    });
    if (!needsMap(telling)) continue;
    const got = ambiguity(telling, workloads);
    if (got !== undefined) {
      left = {
        rule: nameOf(object),
        got: `subsets ${list(telling.map(({ name }) => name))} of ${service.name} ${got}`,
      };
      continue;
    }
    const map = Object.fromEntries(telling.map(({ name, labels }) => [name, labels] as const));
    return { labels: map, why: `as the subsets of ${nameOf(object)}` };
  }
  return left && { left };
}

interface Telling {
  readonly name: string;
  readonly labels: Labels;
}

function isSound(labels: Labels): boolean {
  return Object.entries(labels).every(([key, value]) => isLabelKey(key) && isLabelValue(value));
}

/** Whether one label is not enough: some version has several, and no label of all has its name. */
function needsMap(telling: readonly Telling[]): boolean {
  if (telling.length === 0 || telling.some(({ labels }) => Object.keys(labels).length === 0)) return false;
  if (telling.every(({ labels }) => Object.keys(labels).length === 1)) {
    const keys = new Set(telling.flatMap(({ labels }) => Object.keys(labels)));
    if (keys.size === 1) return false;
  }
  const [first] = telling;
  const named = Object.keys(first?.labels ?? {}).some((key) =>
    telling.every(({ name, labels }) => labels[key] === name),
  );
  return !named;
}

/** What keeps subsets from being versions; undefined: nothing, each workload is in one, and no pod can be in two. */
function ambiguity(telling: readonly Telling[], workloads: readonly KubeWorkload[]): string | undefined {
  const without = workloads.filter((workload) => !telling.some(({ labels }) => selects(labels, workload.labels)));
  if (without.length > 0) return `leave out the pods of ${list(without.map(({ name }) => name))}`;
  const apart = telling.every((one) =>
    telling.every((other) => one === other || excludeEachOther(one.labels, other.labels)),
  );
  return apart ? undefined : "may select the same pods: no label of two of them differs";
}

/** The version of labels, of a workload's pods or of a subset; undefined: they tell none, or none that Kubernetes takes. */
export function versionIn(labels: Readonly<Record<string, unknown>>, { label, labels: map }: ToldVersions) {
  const texts = Object.fromEntries(textEntries(labels));
  const service = { versions: Object.keys(map ?? {}), ...(map && { versionLabels: map }) };
  const version = versionOfPod({ versionLabel: label }, service, texts);
  return version !== undefined && isLabelValue(version) ? version : undefined;
}

/** Labels of a version's pods. */
export function labelsIn(version: string, { label, labels: map }: ToldVersions): Labels {
  return versionLabels({ versionLabel: label }, { ...(map && { versionLabels: map }) }, version);
}

function textEntries(labels: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}
