import { runtimeFallbackOf } from "../../fallback";
import { type PlanRow, planLaneGroup, serviceNamed } from "../../plan";
import type { LaneGroup } from "../../spec";
import type { Change } from "../report";
import type { DiffSide, GroupPair } from "../sides";
import { change, listed } from "./change";

/** What each lane has of its own, and whom it borrows from. */
export function planChanges(pair: GroupPair): Change[] {
  return [...baselineChanges(pair), ...holeChanges(pair), ...runtimeChanges(pair)];
}

function baselineChanges({ before, after }: GroupPair): Change[] {
  const { name } = after;
  if (before.baseline !== after.baseline) {
    if (after.baseline === undefined) {
      const text = `the group loses its baseline ${before.baseline}: a service finds no route for requests of no lane`;
      return [change("baseline", "danger", name, text)];
    }
    const text = `the baseline is ${after.baseline}, not ${before.baseline ?? "none"} any more: requests of no lane and fallbacks take it`;
    return [change("baseline", "care", name, text)];
  }
  const [old, now] = [rowsOf(before), rowsOf(after)];
  const moved = after.services.flatMap(({ name: service }) => {
    const [from, to] = [old, now].map((rows) => rows.get(`${after.baseline} ${service}`)?.version);
    return from !== undefined && to !== undefined && from !== to ? [`${service} ${from} -> ${to}`] : [];
  });
  if (moved.length === 0) return [];
  const text = `the baseline ${after.baseline} changes: ${listed(moved)}; requests of no lane and fallbacks take it`;
  return [change("baseline", "care", name, text)];
}

function holeChanges({ before, after }: GroupPair): Change[] {
  const [old, now] = [rowsOf(before), rowsOf(after)];
  return after.lanes.flatMap((lane): Change[] => {
    const rows = after.services.flatMap(({ name }) => now.get(`${lane.name} ${name}`) ?? []);
    const isNew = !before.lanes.some(({ name }) => name === lane.name);
    const was = (row: PlanRow) => old.get(`${lane.name} ${row.service}`)?.reason;
    const missing = names(rows.filter((row) => row.reason === "missing" && was(row) !== "missing"));
    const borrows = names(rows.filter((row) => row.reason === "fallback" && was(row) !== "fallback"));
    const owns = names(
      rows.filter((row) => row.reason === "own" && (was(row) === "fallback" || was(row) === "missing")),
    );
    const baseline = `the baseline ${after.baseline}`;
    return [
      ...(missing.length > 0
        ? [
            change(
              "hole",
              "danger",
              after.name,
              `lane ${lane.name} has no ${listed(missing)} and nothing to fall back to`,
            ),
          ]
        : []),
      ...(borrows.length > 0 && lane.name !== after.baseline
        ? [
            isNew
              ? change("fallback", "note", after.name, `new lane ${lane.name} takes ${listed(borrows)} of ${baseline}`)
              : change(
                  "fallback",
                  "care",
                  after.name,
                  `lane ${lane.name} has no ${listed(borrows)} of its own any more: it takes that of ${baseline}`,
                ),
          ]
        : []),
      ...(owns.length > 0
        ? [
            change(
              "fallback",
              "note",
              after.name,
              `lane ${lane.name} now has its own ${listed(owns)}, and no longer falls back`,
            ),
          ]
        : []),
    ];
  });
}

/** What answers when the pods of a lane's version are down. */
function runtimeChanges({ before, after }: GroupPair): Change[] {
  const covered = (group: LaneGroup) =>
    new Set(
      group.lanes.flatMap((lane) =>
        group.services.flatMap((service) =>
          runtimeFallbackOf(group, lane.name, service) === undefined ? [] : [`${lane.name} ${service.name}`],
        ),
      ),
    );
  const [old, now] = [covered(before), covered(after)];
  const both = after.lanes.filter((lane) => before.lanes.some(({ name }) => name === lane.name));
  const changed = (from: ReadonlySet<string>, to: ReadonlySet<string>) =>
    after.services.filter(({ name }) =>
      both.some((lane) => from.has(`${lane.name} ${name}`) && !to.has(`${lane.name} ${name}`)),
    );
  const [lost, won] = [changed(old, now), changed(now, old)].map((services) => services.map(({ name }) => name));
  return [
    ...(lost && lost.length > 0
      ? [
          change(
            "runtime-fallback",
            "care",
            after.name,
            `${listed(lost)}: the baseline no longer answers when a lane's pods are down`,
          ),
        ]
      : []),
    ...(won && won.length > 0
      ? [
          change(
            "runtime-fallback",
            "note",
            after.name,
            `${listed(won)}: the baseline answers when a lane's pods are down`,
          ),
        ]
      : []),
  ];
}

/** Versions that some lane took and none does now, of services that still have them. */
export function unusedVersions(before: DiffSide, after: DiffSide): Change[] {
  const [old, now] = [usedVersions(before.groups), usedVersions(after.groups)];
  const unused = [...old].filter(([key]) => !now.has(key)).map(([, use]) => use);
  return unused.flatMap(({ namespace, service, version, group }): Change[] => {
    const runs = after.workloads.some(
      (each) => each.namespace === namespace && each.name === service && each.versions.includes(version),
    );
    const declared = after.groups.some(({ services }) =>
      services.some((each) => each.name === service && each.namespace === namespace && each.versions.includes(version)),
    );
    if (!runs && !declared) return [];
    const text = `${service} ${version}: no lane uses it any more${runs ? "; its pods still run" : ""}`;
    return [change("unused-version", "note", group, text)];
  });
}

function usedVersions(groups: readonly LaneGroup[]) {
  const used = groups.flatMap((group) =>
    planLaneGroup(group).rows.flatMap(({ service, version }) => {
      const namespace = serviceNamed(group, service)?.namespace;
      return version === undefined || namespace === undefined
        ? []
        : [{ namespace, service, version, group: group.name }];
    }),
  );
  return new Map(used.map((use) => [`${use.namespace} ${use.service} ${use.version}`, use]));
}

function rowsOf(group: LaneGroup): Map<string, PlanRow> {
  return new Map(planLaneGroup(group).rows.map((row) => [`${row.lane} ${row.service}`, row]));
}

function names(rows: readonly PlanRow[]): string[] {
  return rows.map((row) => row.service);
}
