import { listed } from "../../components/lanes/diff/changes/change";
import { selectorText } from "../../components/lanes/labels";
import { ownVersion } from "../../components/lanes/plan";
import type { LaneGroup, LaneService } from "../../components/lanes/spec";
import { quote } from "../../components/lanes/validate/problems";
import { versionKeys, versionLabels } from "../../components/lanes/version-labels";
import { type Problem, UserError } from "../../tools/user-error";
import { asRecord, isRecord, type UnknownRecord } from "../../tools/values";
import type { Edit } from "../edit/edit";
import { groupPath, type LaneChange, laneOf, type Subject, type SubjectWorkload } from "./subject";
import { hasWeights, shifted, weightEdits, weightsOf } from "./weights";

export interface AddOptions {
  /** @default the lane's name */
  readonly version?: string;
  /** The lane to be like: its services, and what is written for its versions. @default the baseline, else the last lane */
  readonly from?: string;
  /** Services that the new lane has of its own. @default those of `from` */
  readonly services?: readonly string[];
  /** Conditions by which requests enter it. */
  readonly match?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Percent of the requests that name no lane. @default 0 in a group with weights that nobody enters by header */
  readonly weight?: number;
  /** Service -> image of the new version. */
  readonly images: Readonly<Record<string, string>>;
  /** Service -> labels of the new version's pods, of services with `versionLabels`. @default none */
  readonly labels?: Readonly<Record<string, Labels>>;
}

type Labels = Readonly<Record<string, string>>;

/** `lanes add`: a new lane, and its version in the lists of the services and of the workloads. @throws UserError */
export function add(subject: Subject, name: string, options: AddOptions): LaneChange {
  const { group } = subject;
  const { version = name, match, images, labels = {} } = options;
  const from = laneOf(subject, options.from ?? group.baseline ?? group.lanes.at(-1)?.name ?? "");
  const services = chosen(subject, options.services, from.name);
  const problems: Problem[] = [
    ...group.lanes.filter((lane) => lane.name === name).map(() => taken(group.name, name)),
    ...unknownServices(group.services, [...(options.services ?? []), ...Object.keys(images)]),
    ...Object.keys(images).flatMap((service) => imageWithoutWorkload(subject, service)),
    ...unknownServices(group.services, Object.keys(labels)),
    ...labelProblems(group, services, version, labels),
  ];
  if (problems.length > 0) throw new UserError("lanes add cannot run like this", problems);
  const listsOwn =
    services.length < group.services.length &&
    group.services.some((service) => {
      return !services.includes(service) && service.versions.includes(version);
    });
  const weight = options.weight ?? (hasWeights(subject) && !match && group.entry.header === undefined ? 0 : undefined);
  const rest = weight ? shifted(weightsOf(subject), { [name]: weight }, group.baseline) : undefined;
  const lane = {
    name,
    ...(version !== name && { version }),
    ...(weight !== undefined && { weight }),
    ...(match && { match }),
    ...(listsOwn && { services: services.map((service) => service.name) }),
  };
  const copied = subject.workloads.filter(({ service, versions, written }) => {
    const isNew = services.some(({ name: own }) => own === service) && !versions.includes(version);
    return isNew && images[service] === undefined && written.app === undefined;
  });
  const elsewhere = services.filter((service) => !subject.workloads.some((each) => each.service === service.name));
  return {
    edits: [
      ...services.map((service): Edit => {
        const path = groupPath(subject, "services", group.services.indexOf(service), "versions");
        return { kind: "add", path, value: version };
      }),
      ...services.flatMap((service): Edit[] => {
        const value = labels[service.name];
        const path = groupPath(subject, "services", group.services.indexOf(service), "versionLabels", version);
        return value ? [{ kind: "set", path, value }] : [];
      }),
      ...subject.workloads
        .filter((workload) => services.some((service) => service.name === workload.service))
        .flatMap((workload) => {
          const of = group.services.find((service) => service.name === workload.service);
          const like = of && ownVersion(from, of);
          const image = images[workload.service];
          const given = labels[workload.service];
          const old = of && like !== undefined ? versionLabels(group, of, like) : {};
          return workloadEdits(workload, version, like, {
            ...(image !== undefined && { image }),
            ...(given && { labels: { old, given } }),
          });
        }),
      ...(rest ? weightEdits(subject, rest.weights) : []),
      { kind: "add", path: groupPath(subject, "lanes"), value: lane },
    ],
    notes: [
      ...(rest?.note === undefined ? [] : [rest.note]),
      ...copied.map(({ service }) => {
        const how = `\`--image ${service}=<image>\``;
        return `${service} ${version} runs the same image as lane ${from.name}: give it another with ${how}, or in the file`;
      }),
      ...(elsewhere.length > 0
        ? [
            `the config runs no ${listed(elsewhere.map((service) => service.name))}: pods with label ${labelWords(group, elsewhere, version, labels)} must be ready before the update`,
          ]
        : []),
    ],
  };
}

/** The labels of a version, of each service that has others. */
function labelWords(
  group: LaneGroup,
  services: readonly LaneService[],
  version: string,
  given: Readonly<Record<string, Labels>>,
): string {
  const texts = services.map((service) => selectorText(given[service.name] ?? versionLabels(group, service, version)));
  return listed([...new Set(texts)]);
}

/** A service with a map of labels needs those of the new version; any other has its label with the version. */
function labelProblems(
  group: LaneGroup,
  services: readonly LaneService[],
  version: string,
  given: Readonly<Record<string, Labels>>,
): Problem[] {
  return services.flatMap((service): Problem[] => {
    const { name, versionLabels: map } = service;
    const own = given[name];
    if (!map && own) {
      const got = `labels of ${name}, whose versions the label ${versionKeys(group, service).join()} tells`;
      return [{ path: "--labels", got, expected: "a service with versionLabels", fix: "Leave it out." }];
    }
    if (!map || own || Object.hasOwn(map, version)) return [];
    const got = `${name} tells its versions by versionLabels, which has none of ${version}`;
    const example = `${name}:${versionKeys(group, service)
      .map((key) => `${key}=<value>`)
      .join()}`;
    const fix = `Add --labels '${example}'.`;
    return [{ path: "--labels", got, expected: `labels of the pods of ${name} ${version}`, fix }];
  });
}

/** A strict lane has every service. */
function chosen({ group }: Subject, names: readonly string[] | undefined, from: string): readonly LaneService[] {
  if (names) return group.services.filter(({ name }) => names.includes(name));
  const lane = group.lanes.find((each) => each.name === from);
  if (group.mode === "strict" || !lane) return group.services;
  return group.services.filter((service) => ownVersion(lane, service) !== undefined);
}

function taken(group: string, name: string): Problem {
  const got = `group ${group} has a lane ${quote(name)}`;
  return {
    path: "lane",
    got,
    expected: "a name that no lane of the group has",
    fix: "Choose another name for the lane.",
  };
}

function unknownServices(services: readonly LaneService[], names: readonly string[]): Problem[] {
  const known = services.map(({ name }) => name);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const expected = known.join(", ");
      return { path: "service", got: `got ${quote(name)}`, expected, fix: "Name a service of the group." };
    });
}

function imageWithoutWorkload({ workloads, group }: Subject, service: string): Problem[] {
  const known = group.services.some(({ name }) => name === service);
  if (!known || workloads.some((each) => each.service === service)) return [];
  const got = `the config has no workload ${service}`;
  return [{ path: "--image", got, expected: "a service that the config runs", fix: "Leave it out." }];
}

/** What the new version has that the one it is like has not. */
interface OfNewVersion {
  readonly image?: string;
  /** Labels by which it is told, and those of the version that it is like. */
  readonly labels?: { readonly old: Labels; readonly given: Labels };
}

/** A pod with the labels of the new version in place of those of the one that it is like. */
function labelled(pod: unknown, { old, given }: NonNullable<OfNewVersion["labels"]>): UnknownRecord {
  const { metadata, ...others } = asRecord(pod);
  const { labels, ...rest } = asRecord(metadata);
  const kept = Object.entries(asRecord(labels)).filter(([key]) => !Object.hasOwn(old, key));
  return { ...others, metadata: { ...rest, labels: { ...Object.fromEntries(kept), ...given } } };
}

/** The version in a workload's `versions`: a name in a list, or what another version has, with the image that is given. */
function workloadEdits(
  { index, versions, written }: SubjectWorkload,
  version: string,
  from: string | undefined,
  { image, labels }: OfNewVersion,
): Edit[] {
  if (versions.includes(version)) return [];
  const path = ["workloads", index, "versions"];
  if (isRecord(written.versions)) {
    const like = from === undefined ? undefined : written.versions[from];
    const own = isRecord(like) ? like : {};
    const value = { ...own, ...(image !== undefined && { image }), ...(labels && { pod: labelled(own.pod, labels) }) };
    return [{ kind: "set", path: [...path, version], value }];
  }
  if (image === undefined && !labels) return [{ kind: "add", path, value: version }];
  const added = { ...(image !== undefined && { image }), ...(labels && { pod: labelled({}, labels) }) };
  const map = { ...Object.fromEntries(versions.map((each) => [each, {}])), [version]: added };
  return [{ kind: "set", path, value: map }];
}
