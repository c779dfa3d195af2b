import { isDraining } from "../../components/lanes/spec";
import type { Problem } from "../../tools/user-error";
import { UserError } from "../../tools/user-error";
import type { Edit } from "../edit/edit";
import { groupPath, type LaneChange, lanePath, type Subject, unknownLane } from "./subject";

/** Lane -> percent of the requests that name no lane. */
export type Weights = Readonly<Record<string, number>>;

/** What each lane has; a group without weights gives all to the lane that other requests take. */
export function weightsOf({ group }: Subject): Weights {
  const weighted = group.lanes.filter(({ weight }) => weight !== undefined);
  if (weighted.length > 0) return Object.fromEntries(weighted.map(({ name, weight = 0 }) => [name, weight]));
  const { unmatched } = group.entry;
  return group.lanes.some(({ name }) => name === unmatched) ? { [unmatched]: 100 } : {};
}

export function hasWeights({ group }: Subject): boolean {
  return group.lanes.some(({ weight }) => weight !== undefined);
}

interface Shifted {
  readonly weights: Weights;
  /** Who gave or took the rest, where somebody did. */
  readonly note?: string;
}

/**
 * All weights after some are set. The rest goes to or comes from the baseline; where that is named itself or has too little,
 * all the others share it in proportion to what they have. Undefined: nobody is left to take it.
 */
export function shifted(before: Weights, wanted: Weights, baseline: string | undefined): Shifted | undefined {
  const others = Object.entries(before).filter(([name]) => !Object.hasOwn(wanted, name));
  const rest = 100 - sum(Object.values(wanted));
  const had = sum(others.map(([, weight]) => weight));
  if (rest < 0) return undefined;
  if (rest === had) return { weights: { ...before, ...wanted } };
  const own = others.find(([name]) => name === baseline)?.[1];
  if (baseline !== undefined && own !== undefined && rest - had + own >= 0) {
    const left = rest - had + own;
    const verb = left > own ? "takes" : "gives";
    const note = `the baseline ${baseline} ${verb} the difference: ${own} -> ${left}`;
    return { weights: { ...before, ...wanted, [baseline]: left }, note };
  }
  if (had === 0) return undefined;
  const shares = proportional(others, rest);
  const words = shares.map(([name, weight]) => `${name} ${before[name]} -> ${weight}`).join(", ");
  return {
    weights: { ...before, ...wanted, ...Object.fromEntries(shares) },
    note: `the other lanes share the rest in proportion: ${words}`,
  };
}

/** Whole numbers that add up to the total; what rounding leaves goes to the largest remainders. */
function proportional(weights: readonly (readonly [string, number])[], total: number): [string, number][] {
  const all = sum(weights.map(([, weight]) => weight));
  const exact = weights.map(([name, weight]) => ({ name, share: (weight * total) / all }));
  const left = total - sum(exact.map(({ share }) => Math.floor(share)));
  const first = [...exact].sort((a, b) => (b.share % 1) - (a.share % 1)).slice(0, left);
  return exact.map((each) => [each.name, Math.floor(each.share) + (first.includes(each) ? 1 : 0)]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The edits that give lanes these weights; a lane that takes requests again no longer drains. */
export function weightEdits(subject: Subject, weights: Weights): Edit[] {
  const { group } = subject;
  return group.lanes.flatMap((lane): Edit[] => {
    const weight = weights[lane.name];
    if (weight === undefined || weight === lane.weight) return [];
    const set: Edit = { kind: "set", path: lanePath(subject, lane.name, "weight"), value: weight };
    return weight > 0 && isDraining(lane) ? [set, activeAgain(subject, lane.name)] : [set];
  });
}

export function activeAgain(subject: Subject, lane: string): Edit {
  return { kind: "delete", path: lanePath(subject, lane, "state") };
}

/** `lanes shift`: other shares of the requests that name no lane. @throws UserError */
export function shift(subject: Subject, wanted: Weights): LaneChange {
  const { group } = subject;
  const problems = Object.entries(wanted).flatMap(([name, weight]): Problem[] => {
    if (!group.lanes.some((lane) => lane.name === name)) return [unknownLane(group, name)];
    if (Number.isInteger(weight) && weight >= 0 && weight <= 100) return [];
    const expected = "a whole number, 0 to 100";
    return [{ path: name, got: `got ${weight}`, expected, fix: "Write a whole number, such as 10." }];
  });
  const before = weightsOf(subject);
  const found = problems.length > 0 ? undefined : shifted(before, wanted, group.baseline);
  if (problems.length === 0 && !found) {
    const got = `the weights come to ${sum(Object.values({ ...before, ...wanted }))}`;
    problems.push({ path: "weights", got, expected: "100 in all", fix: "Name the weights of more lanes." });
  }
  if (!found) throw new UserError("the weights cannot be shifted like this", problems);
  const edits = weightEdits(subject, found.weights);
  const first = !hasWeights(subject) && edits.length > 0;
  const unmatched = first && written(subject, "unmatched");
  return {
    edits: [
      ...edits,
      ...(unmatched ? [{ kind: "delete", path: groupPath(subject, "entry", "unmatched") } as const] : []),
    ],
    notes: [
      ...(found.note === undefined ? [] : [found.note]),
      ...(first ? ["requests that name no lane are shared by weight from now on"] : []),
      ...(unmatched ? [`entry.unmatched: ${group.entry.unmatched} goes, since weights take all the rest`] : []),
    ],
  };
}

/** Whether a key of the entry is written, and not a default. */
export function written({ written: raw }: Subject, key: string): boolean {
  return typeof raw.entry === "object" && raw.entry !== null && Object.hasOwn(raw.entry, key);
}
