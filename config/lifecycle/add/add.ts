import { listed } from "../../../components/lanes/diff/changes/change";
import { selectorText } from "../../../components/lanes/labels";
import { ownVersion } from "../../../components/lanes/plan";
import type { LaneGroup, LaneService } from "../../../components/lanes/spec";
import { versionLabels } from "../../../components/lanes/version-labels";
import { UserError } from "../../../tools/user-error";
import { asRecord, isRecord, type UnknownRecord } from "../../../tools/values";
import type { Edit } from "../../edit/edit";
import { groupPath, type LaneChange, laneOf, type Subject, type SubjectWorkload } from "../subject";
import { hasWeights, shifted, weightEdits, weightsOf } from "../weights";
import type { AddOptions, Labels } from "./options";
import { addProblems } from "./problems";

/** `lanes add`: a new lane, and its version in the lists of the services and of the workloads. @throws UserError */
export function add(subject: Subject, name: string, options: AddOptions): LaneChange {
  const { group } = subject;
  const { version = name, match, images, labels = {} } = options;
  const from = laneOf(subject, options.from ?? group.baseline ?? group.lanes.at(-1)?.name ?? "");
  const services = chosen(subject, options.services, from.name);
  const problems = addProblems(subject, name, services, version, options);
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

/** A strict lane has every service. */
function chosen({ group }: Subject, names: readonly string[] | undefined, from: string): readonly LaneService[] {
  if (names) return group.services.filter(({ name }) => names.includes(name));
  const lane = group.lanes.find((each) => each.name === from);
  if (group.mode === "strict" || !lane) return group.services;
  return group.services.filter((service) => ownVersion(lane, service) !== undefined);
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
