import { ownVersion } from "../../plan";
import type { LaneGroup } from "../../spec";
import type { Change } from "../report";
import type { GroupPair } from "../sides";
import { change, listed } from "./change";

/** Changes that no order of steps makes seamless; see docs/architecture.md, "The order of a change". */
export function orderChanges(pair: GroupPair): Change[] {
  const { before, after } = pair;
  const [come, go] = [lanesOnlyIn(after, before), lanesOnlyIn(before, after)];
  const swap = come.length > 0 && go.length > 0 ? swapChange(pair, come, go) : [];
  return [...swap, ...inPlace(pair)];
}

function swapChange({ after }: GroupPair, come: readonly string[], go: readonly string[]): Change[] {
  const what = `${word(come)} ${listed(come)} ${come.length > 1 ? "come" : "comes"} and ${word(go)} ${listed(go)} ${go.length > 1 ? "go" : "goes"} in one update`;
  const fix = "Make two updates: first add, then remove.";
  if (after.mode === "strict" && after.baseline === undefined) {
    const text = `${what}: requests in what goes find no route between services until the entry has changed. ${fix}`;
    return [change("order", "danger", after.name, text)];
  }
  const text = `${what}: requests in what goes meet the baseline halfway until the entry has changed. ${fix}`;
  return [change("order", "care", after.name, text)];
}

/** The callers of a strict lane have the new version's label before the routes know it. */
function inPlace({ before, after }: GroupPair): Change[] {
  if (after.mode !== "strict" || before.mode !== "strict") return [];
  return after.lanes.flatMap((lane): Change[] => {
    const old = before.lanes.find(({ name }) => name === lane.name);
    const moved = after.services.flatMap((service) => {
      const known = before.services.find(({ name }) => name === service.name);
      const [from, to] = [old && known && ownVersion(old, known), ownVersion(lane, service)];
      return from !== undefined && to !== undefined && from !== to ? [`${service.name} ${from} -> ${to}`] : [];
    });
    if (moved.length === 0) return [];
    const text = `strict lane ${lane.name} changes its version in place (${listed(moved)}): its callers have the new label before the routes know it. Add a lane with the new version, shift to it, then remove this one.`;
    return [change("order", "danger", after.name, text)];
  });
}

function lanesOnlyIn(one: LaneGroup, other: LaneGroup): string[] {
  return one.lanes.map(({ name }) => name).filter((name) => !other.lanes.some((lane) => lane.name === name));
}

function word(names: readonly string[]): string {
  return names.length > 1 ? "lanes" : "lane";
}
