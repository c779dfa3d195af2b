import { planLaneGroup } from "../../plan";
import type { LaneGroup } from "../../spec";
import type { Change } from "../report";
import type { DiffSide, VersionPods } from "../sides";
import { change, listed } from "./change";

/** Versions whose pods are made again or go, though the routes may stay. */
export function podChanges(before: DiffSide, after: DiffSide): Change[] {
  return [...replacedPods(before, after), ...removedPods(before, after)];
}

/** Versions that keep their name and run something else: no route changes, and yet everybody in the lane meets it. */
function replacedPods(before: DiffSide, after: DiffSide): Change[] {
  return after.workloads.flatMap((workload) => {
    const { namespace, name, pods } = workload;
    const old = before.workloads.find((each) => each.namespace === namespace && each.name === name);
    if (!pods || !old?.pods || old.pods.source === pods.source) return [];
    const { versions, pods: oldPods } = old;
    const inBoth = workload.versions.filter((version) => versions.includes(version));
    return inBoth.flatMap((version): Change[] => {
      const [was, now] = [oldPods.of(version), pods.of(version)];
      if (was.image === now.image && was.others === now.others) return [];
      const users = usersOf(after.groups, namespace, name, version);
      const group = users.length === 1 ? (users[0]?.group ?? null) : null;
      const who =
        users.length === 0 ? "no lane uses it" : listed(users.map((user) => laneWords(user, users.length > 1)));
      const what = [
        ...(was.image === now.image ? [] : [`runs ${now.image}, not ${was.image}`]),
        ...(was.others === now.others ? [] : ["has other variables, probes or pod settings, so its pods are replaced"]),
      ].join(", and ");
      return [
        change("pods", users.length > 0 ? "care" : "note", group, `${name} ${version} ${what}: ${who}${drainOf(was)}`),
      ];
    });
  });
}

/** Versions that no longer run, with what their pods do for those who are still connected. */
function removedPods(before: DiffSide, after: DiffSide): Change[] {
  return before.workloads.flatMap(({ namespace, name, versions, pods }) => {
    const now = after.workloads.find((each) => each.namespace === namespace && each.name === name);
    return versions.flatMap((version): Change[] => {
      if (!pods || now?.versions.includes(version)) return [];
      const users = usersOf(before.groups, namespace, name, version);
      const group = users.length === 1 ? (users[0]?.group ?? null) : null;
      return [
        change(
          "pods",
          users.length > 0 ? "care" : "note",
          group,
          `${name} ${version} goes${drainOf(pods.of(version))}`,
        ),
      ];
    });
  });
}

/** The pods that stop are those of before. */
function drainOf({ drainSeconds }: VersionPods): string {
  return drainSeconds === undefined
    ? ""
    : `; open sockets of its old pods drain for ${drainSeconds} s before the app is stopped`;
}

interface User {
  readonly group: string;
  readonly lanes: readonly string[];
}

/** The lanes that a version answers in. */
function usersOf(groups: readonly LaneGroup[], namespace: string, service: string, version: string): User[] {
  return groups
    .filter(({ services }) => services.some((each) => each.name === service && each.namespace === namespace))
    .flatMap((group) => {
      const rows = planLaneGroup(group).rows.filter((row) => row.service === service && row.version === version);
      return rows.length === 0 ? [] : [{ group: group.name, lanes: rows.map(({ lane }) => lane) }];
    });
}

function laneWords({ group, lanes }: User, named: boolean): string {
  return `${lanes.length === 1 ? "lane" : "lanes"} ${listed(lanes)}${named ? ` of ${group}` : ""}`;
}
