import { listed } from "../../components/lanes/diff/changes/change";
import { planLaneGroup } from "../../components/lanes/plan";
import { isDraining, reject } from "../../components/lanes/spec";
import type { Edit } from "../edit/edit";
import { groupPath, type LaneChange, laneOf, lanePath, refuse, type Subject } from "./subject";
import { activeAgain, hasWeights, weightEdits, written } from "./weights";

/**
 * `lanes promote`: the lane becomes what everybody gets. What the lane took from the baseline so far it keeps, by version; so
 * nobody who is in a lane changes it halfway: a request in the old baseline's lane meets its rule where it met the last one
 * before, and the other way round. The old lane stays: going in the same update, its requests would meet the new one halfway.
 *
 * @throws UserError when the lane has nothing to be promoted to.
 */
export function promote(subject: Subject, name: string): LaneChange {
  const { group } = subject;
  const lane = laneOf(subject, name);
  const holes = planLaneGroup(group).rows.filter((row) => row.lane === name && row.reason === "fallback");
  const edits: Edit[] = [
    ...(isDraining(lane) ? [activeAgain(subject, name)] : []),
    ...(name === group.baseline ? [] : pinned(subject, name, holes)),
    ...baselineEdits(subject, name),
    ...unmatchedEdits(subject, name),
    ...(hasWeights(subject) ? weightEdits(subject, allTo(subject, name)) : []),
  ];
  if (edits.length === 0) refuseNothing(subject, name);
  const kept = holes.map(({ service, version }) => `${service} ${version}`);
  const rejects = !hasWeights(subject) && group.entry.unmatched === reject;
  return {
    // Both the weights and an earlier step may have the state deleted.
    edits: edits.filter((edit, index) => edits.findIndex((other) => same(edit, other)) === index),
    notes: [
      ...(kept.length > 0 && name !== group.baseline
        ? [`lane ${name} has no ${listed(kept)} of its own: it keeps what it had of ${group.baseline}, by \`versions\``]
        : []),
      ...(rejects ? ["requests that name no lane stay refused: entry.unmatched is reject"] : []),
    ],
  };
}

function same(one: Edit, other: Edit): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function pinned(
  subject: Subject,
  name: string,
  holes: readonly { service: string; version: string | undefined }[],
): Edit[] {
  const lane = laneOf(subject, name);
  const versions = Object.fromEntries(holes.map(({ service, version }) => [service, version]));
  if (holes.length === 0) return [];
  const { written: raw, group } = subject;
  const lanes: readonly unknown[] = Array.isArray(raw.lanes) ? raw.lanes : [];
  const own = lanes[group.lanes.indexOf(lane)];
  const has = typeof own === "object" && own !== null && Object.hasOwn(own, "versions");
  return [
    ...(lane.services ? holes.map(({ service }): Edit => addService(subject, name, service)) : []),
    ...(has
      ? Object.entries(versions).map(([service, value]): Edit => {
          return { kind: "set", path: lanePath(subject, name, "versions", service), value };
        })
      : [{ kind: "set", path: lanePath(subject, name, "versions"), value: versions } as const]),
  ];
}

function addService(subject: Subject, name: string, service: string): Edit {
  return { kind: "add", path: lanePath(subject, name, "services"), value: service };
}

function baselineEdits(subject: Subject, name: string): Edit[] {
  const { baseline } = subject.group;
  if (baseline === undefined || baseline === name) return [];
  return [{ kind: "set", path: groupPath(subject, "baseline"), value: name }];
}

/** Written as a lane's name, it would go on to name the old one. */
function unmatchedEdits(subject: Subject, name: string): Edit[] {
  const { unmatched } = subject.group.entry;
  if (!written(subject, "unmatched") || unmatched === reject || unmatched === name) return [];
  return [{ kind: "set", path: groupPath(subject, "entry", "unmatched"), value: name }];
}

function allTo({ group }: Subject, name: string): Readonly<Record<string, number>> {
  const weighted = group.lanes.filter(({ weight }) => weight !== undefined);
  return { ...Object.fromEntries(weighted.map((lane) => [lane.name, 0])), [name]: 100 };
}

function refuseNothing({ group }: Subject, name: string): never {
  const { baseline, entry } = group;
  if (baseline === undefined && entry.unmatched === reject) {
    refuse(
      `lane ${name} cannot be promoted`,
      `group ${group.name} has neither a baseline nor weights, and refuses requests that name no lane`,
      "a group in which requests that name no lane get one",
      `Set entry.unmatched: ${name}, or give the lanes weights: \`lanes shift ${name}=100\`.`,
    );
  }
  refuse(
    `lane ${name} cannot be promoted`,
    `${name} is what everybody gets already`,
    "another lane",
    "Name a lane that is to take its place.",
  );
}
