import { selectorText } from "../../../components/lanes/labels";
import type { LaneGroup, LaneService } from "../../../components/lanes/spec";
import { quote } from "../../../components/lanes/validate/problems";
import { versionKeys } from "../../../components/lanes/version-labels";
import type { Problem } from "../../../tools/user-error";
import type { Subject } from "../subject";
import type { AddOptions } from "./options";

/**
 * What is wrong with a lane that is to be added. A flag that would change nothing is wrong too: whoever gives it takes it that the
 * lane has it.
 *
 * @param services those that the lane has of its own.
 */
export function addProblems(
  subject: Subject,
  lane: string,
  services: readonly LaneService[],
  version: string,
  { services: named = [], images, labels = {} }: AddOptions,
): Problem[] {
  const { group } = subject;
  const [ofImages, ofLabels] = [Object.keys(images), Object.keys(labels)];
  return [
    ...group.lanes.filter(({ name }) => name === lane).map(() => taken(group.name, lane)),
    ...unknownServices(group.services, [...named, ...ofImages]),
    ...ofImages.flatMap((service) => imageWithoutWorkload(subject, service)),
    ...unknownServices(group.services, ofLabels),
    ...ofImages.flatMap((service) => withoutOwn(subject, services, lane, "--image", service)),
    ...ofLabels.flatMap((service) => withoutOwn(subject, services, lane, "--labels", service)),
    ...ofImages.flatMap((service) => runsAlready(subject, services, version, service)),
    ...labelProblems(group, services, version, labels),
  ];
}

/** A service with a map of labels needs those of the new version; any other has its label with the version. */
function labelProblems(
  group: LaneGroup,
  services: readonly LaneService[],
  version: string,
  given: NonNullable<AddOptions["labels"]>,
): Problem[] {
  return services.flatMap((service): Problem[] => {
    const { name, versionLabels: map } = service;
    const own = given[name];
    if (!map && own) {
      const got = `labels of ${name}, whose versions the label ${versionKeys(group, service).join()} tells`;
      return [{ path: "--labels", got, expected: "a service with versionLabels", fix: "Leave it out." }];
    }
    const present = map && Object.hasOwn(map, version) ? map[version] : undefined;
    if (own && present) {
      const got = `${name} ${version} has the labels ${selectorText(present)} already`;
      return [{ path: "--labels", got, expected: newVersion, fix: otherVersion(name, version) }];
    }
    if (!map || own || present) return [];
    const got = `${name} tells its versions by versionLabels, which has none of ${version}`;
    const example = `${name}:${versionKeys(group, service)
      .map((key) => `${key}=<value>`)
      .join()}`;
    const fix = `Add --labels '${example}'.`;
    return [{ path: "--labels", got, expected: `labels of the pods of ${name} ${version}`, fix }];
  });
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

const newVersion = "a service that the lane has a new version of";

function otherVersion(service: string, version: string): string {
  return `Choose another --version, or change what ${service} ${version} is in the file.`;
}

/** A flag for a service whose version the lane shares with others. */
function withoutOwn(
  { group, workloads }: Subject,
  own: readonly LaneService[],
  lane: string,
  path: "--image" | "--labels",
  service: string,
): Problem[] {
  const known = group.services.some(({ name }) => name === service);
  const told = path === "--image" && !workloads.some((each) => each.service === service);
  if (!known || told || own.some(({ name }) => name === service)) return [];
  const got = `lane ${lane} has no ${service} of its own`;
  return [{ path, got, expected: newVersion, fix: `Name ${service} in --services too, or leave it out here.` }];
}

function runsAlready({ workloads }: Subject, own: readonly LaneService[], version: string, service: string): Problem[] {
  const runs = workloads.some((each) => each.service === service && each.versions.includes(version));
  if (!runs || !own.some(({ name }) => name === service)) return [];
  const got = `the config runs ${service} ${version} already`;
  return [{ path: "--image", got, expected: newVersion, fix: otherVersion(service, version) }];
}
