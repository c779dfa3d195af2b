import { ownVersion } from "../../plan";
import type { LaneGroup } from "../../spec";
import type { Risk } from "../report";
import type { GroupPair } from "../sides";
import { listed } from "./change";

/** What an update does to requests while it is under way, whatever the order of its steps. */
export interface OrderProblem {
  /** `danger`: one update cannot make the change without requests that fail. */
  readonly risk: Risk;
  /** The lane group. */
  readonly group: string;
  /** What would happen, in words; without a full stop. */
  readonly what: string;
  /** The first words of that, which name the change alone. @default all of it */
  readonly change?: string;
  /** The sequence that is safe, in sentences. @default there is none to tell */
  readonly fix?: string;
}

/** Changes that no order of steps makes seamless; see docs/architecture.md, "The order of a change". */
export function swapsAndReplacements(pair: GroupPair): OrderProblem[] {
  const { before, after } = pair;
  const [come, go] = [lanesOnlyIn(after, before), lanesOnlyIn(before, after)];
  const swap = come.length > 0 && go.length > 0 ? swapProblem(pair, come, go) : [];
  return [...swap, ...inPlace(pair)];
}

function swapProblem({ after }: GroupPair, come: readonly string[], go: readonly string[]): OrderProblem[] {
  const { name: group } = after;
  const swapped = `${word(come)} ${listed(come)} ${come.length > 1 ? "come" : "comes"} and ${word(go)} ${listed(go)} ${go.length > 1 ? "go" : "goes"} in one update`;
  const fix = "Make two updates: first add, then remove.";
  if (after.mode === "strict" && after.baseline === undefined) {
    const what = `${swapped}: requests in what goes find no route between services until the entry has changed`;
    return [{ risk: "danger", group, what, change: swapped, fix }];
  }
  const what = `${swapped}: requests in what goes meet the baseline halfway until the entry has changed`;
  return [{ risk: "care", group, what, change: swapped, fix }];
}

/** The callers of a strict lane have the new version's label before the routes know it. */
function inPlace({ before, after }: GroupPair): OrderProblem[] {
  if (after.mode !== "strict" || before.mode !== "strict") return [];
  return after.lanes.flatMap((lane): OrderProblem[] => {
    const old = before.lanes.find(({ name }) => name === lane.name);
    const moved = after.services.flatMap((service) => {
      const known = before.services.find(({ name }) => name === service.name);
      const [from, to] = [old && known && ownVersion(old, known), ownVersion(lane, service)];
      return from !== undefined && to !== undefined && from !== to ? [`${service.name} ${from} -> ${to}`] : [];
    });
    if (moved.length === 0) return [];
    const change = `strict lane ${lane.name} changes its version in place`;
    const what = `${change} (${listed(moved)}): its callers have the new label before the routes know it`;
    const fix = "Add a lane with the new version, shift to it, then remove this one.";
    return [{ risk: "danger", group: after.name, what, change, fix }];
  });
}

function lanesOnlyIn(one: LaneGroup, other: LaneGroup): string[] {
  return one.lanes.map(({ name }) => name).filter((name) => !other.lanes.some((lane) => lane.name === name));
}

function word(names: readonly string[]): string {
  return names.length > 1 ? "lanes" : "lane";
}
