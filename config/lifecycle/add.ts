import { listed } from "../../components/lanes/diff/changes/change";
import { selectorText } from "../../components/lanes/labels";
import { ownVersion } from "../../components/lanes/plan";
import type { LaneGroup, LaneService } from "../../components/lanes/spec";
import { quote } from "../../components/lanes/validate/problems";
import { versionLabels } from "../../components/lanes/version-labels";
import { type Problem, UserError } from "../../tools/user-error";
import { isRecord } from "../../tools/values";
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
}

/** `lanes add`: a new lane, and its version in the lists of the services and of the workloads. @throws UserError */
export function add(subject: Subject, name: string, options: AddOptions): LaneChange {
  const { group } = subject;
  const { version = name, match, images } = options;
  const from = laneOf(subject, options.from ?? group.baseline ?? group.lanes.at(-1)?.name ?? "");
  const services = chosen(subject, options.services, from.name);
  const problems: Problem[] = [
    ...group.lanes.filter((lane) => lane.name === name).map(() => taken(group.name, name)),
    ...unknownServices(group.services, [...(options.services ?? []), ...Object.keys(images)]),
    ...Object.keys(images).flatMap((service) => imageWithoutWorkload(subject, service)),
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
      ...subject.workloads
        .filter((workload) => services.some((service) => service.name === workload.service))
        .flatMap((workload) => {
          const of = group.services.find((service) => service.name === workload.service);
          return workloadEdits(workload, version, of && ownVersion(from, of), images[workload.service]);
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
            `the config runs no ${listed(elsewhere.map((service) => service.name))}: pods with label ${labelWords(group, elsewhere, version)} must be ready before the update`,
          ]
        : []),
    ],
  };
}

/** The labels of a version, of each service that has others. */
function labelWords(group: LaneGroup, services: readonly LaneService[], version: string): string {
  return listed([...new Set(services.map((service) => selectorText(versionLabels(group, service, version))))]);
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

/** The version in a workload's `versions`: a name in a list, or what another version has, with the image that is given. */
function workloadEdits(
  { index, versions, written }: SubjectWorkload,
  version: string,
  from: string | undefined,
  image: string | undefined,
): Edit[] {
  if (versions.includes(version)) return [];
  const path = ["workloads", index, "versions"];
  if (isRecord(written.versions)) {
    const like = from === undefined ? undefined : written.versions[from];
    const own = isRecord(like) ? like : {};
    return [{ kind: "set", path: [...path, version], value: { ...own, ...(image !== undefined && { image }) } }];
  }
  if (image === undefined) return [{ kind: "add", path, value: version }];
  const map = { ...Object.fromEntries(versions.map((each) => [each, {}])), [version]: { image } };
  return [{ kind: "set", path, value: map }];
}
