import { isRecord } from "../../../../tools/values";
import { valueAt } from "../../zod-walk";
import { policyChanges } from "../changes/policies";
import { portChanges } from "../changes/ports";
import type { Change } from "../report";
import type { GroupPair } from "../sides";
import type { Difference } from "./differences";

type Kind = Change["kind"];

const routes: readonly Kind[] = ["moved", "lost", "newly-routed"];
const plan: readonly Kind[] = ["baseline", "hole", "fallback", "order"];

/** Which changes tell a key of a lane group, and what their words must have in them to be about it. */
interface Teller {
  /** Keys below the group; `*` is one of any name, `**` at the end all that is below. */
  readonly at: string;
  readonly kinds: readonly Kind[];
  readonly words: (difference: Difference) => readonly string[];
}

/** Name of the lane or the service that a key is of. */
const owner = ({ path }: Difference) => path.slice(1, 2);
/** The values that come, and of a list those that go; of another order the whole, which no words have. */
export const changedValues = ({ before, after }: Difference): string[] => {
  const texts = (value: unknown) =>
    value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];
  const [old, now] = [texts(before), texts(after)];
  const come = now.filter((text) => !old.includes(text));
  const gone = old.filter((text) => !now.includes(text));
  const told = come.length > 0 && !Array.isArray(after) ? come : [...come, ...gone];
  return told.length > 0 ? told : [JSON.stringify(after)];
};
/** The same of the texts in a map, however deep. */
const changedLeaves = ({ before, after }: Difference): string[] => {
  const leaves = (value: unknown): string[] => {
    if (isRecord(value)) return Object.values(value).flatMap(leaves);
    return value === undefined ? [] : [String(value)];
  };
  return changedValues({ path: [], place: [], before: leaves(before), after: leaves(after) });
};
const ownerAndValues = (difference: Difference) => [...owner(difference), ...changedValues(difference)];

/** A key that is not among these is told by itself, and so is one that is added later. */
const tellers: readonly Teller[] = [
  { at: "baseline", kinds: ["baseline"], words: changedValues },
  { at: "versionLabel", kinds: routes, words: changedValues },
  { at: "entry.service", kinds: routes, words: changedValues },
  { at: "entry.hosts", kinds: routes, words: changedValues },
  { at: "entry.unmatched", kinds: [...routes, "baseline"], words: changedValues },
  { at: "entry.routes.*.rewrite", kinds: routes, words: changedValues },
  { at: "entry.sticky", kinds: ["cookie"], words: () => [] },
  { at: "entry.sticky.**", kinds: ["cookie"], words: () => [] },
  { at: "lanes.*", kinds: [...routes, ...plan, "dead-rule"], words: owner },
  { at: "lanes.*.weight", kinds: routes, words: owner },
  { at: "lanes.*.match.**", kinds: [...routes, "dead-rule"], words: owner },
  { at: "lanes.*.version", kinds: [...routes, ...plan], words: owner },
  { at: "lanes.*.versions.**", kinds: [...routes, ...plan], words: owner },
  { at: "lanes.*.services", kinds: [...routes, ...plan], words: owner },
  { at: "lanes.*.state", kinds: ["lane-state"], words: owner },
  { at: "services.*", kinds: [...routes, ...plan], words: owner },
  { at: "services.*.namespace", kinds: routes, words: ownerAndValues },
  { at: "services.*.versions", kinds: [...routes, ...plan, "unused-version"], words: ownerAndValues },
  { at: "services.*.versionLabel", kinds: routes, words: ownerAndValues },
  {
    at: "services.*.versionLabels.**",
    kinds: routes,
    words: (difference) => [...owner(difference), ...changedLeaves(difference)],
  },
  { at: "services.*.calls", kinds: [...routes, "allowed-call", "refused-call"], words: ownerAndValues },
  { at: "services.*.fallback", kinds: ["runtime-fallback"], words: owner },
];

/** Changes of one group that a look at both configs gives alone: whether a key matters to one is tried out. */
const tried: readonly { readonly at: readonly string[]; readonly tell: (pair: GroupPair) => readonly Change[] }[] = [
  {
    at: [
      "policy.**",
      "entry.policy.**",
      "entry.routes.*.policy.**",
      "services.*.policy.**",
      "services.*.traffic.**",
      "lanes.*.policy.**",
    ],
    tell: policyChanges,
  },
  { at: ["services.*.port", "services.*.ports.**"], tell: portChanges },
];

/** Whether another change of the group tells this difference; its path begins in the group. */
export function isDescribed(difference: Difference, pair: GroupPair, changes: readonly Change[]): boolean {
  const { path } = difference;
  const own = changes.filter(({ group }) => group === null || group === pair.after.name);
  const found = tellers.filter(({ at }) => fits(at, path));
  if (found.some(({ kinds, words }) => tells(own, kinds, words(difference)))) return true;
  if (isDerived(difference, pair)) return true;
  return tried.some(
    ({ at, tell }) =>
      at.some((each) => fits(each, path)) &&
      JSON.stringify(tell(pair)) !== JSON.stringify(tell({ ...pair, after: reverted(pair.after, difference) })),
  );
}

/** Namespaces of services that are the group's move with it. */
function isDerived({ path, before, after }: Difference, pair: GroupPair): boolean {
  return (
    fits("services.*.namespace", path) &&
    before === pair.before.namespace &&
    after === pair.after.namespace &&
    before !== undefined
  );
}

export function tells(changes: readonly Change[], kinds: readonly Kind[], words: readonly string[]): boolean {
  return changes.some(({ kind, text }) => kinds.includes(kind) && words.every((word) => names(text, word)));
}

/** Whether a text has a word by itself: `v1` is not in `v1-canary`. */
function names(text: string, word: string): boolean {
  if (word === "") return false;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before = "", after = ""] = [text[at - 1], text[at + word.length]];
    const next = /[.:]/.test(after) ? (text[at + word.length + 1] ?? "") : after;
    if (!/[\w.-]/.test(before) && !/[\w-]/.test(next)) return true;
  }
  return false;
}

function fits(at: string, path: readonly string[]): boolean {
  const keys = at.split(".");
  const open = keys.at(-1) === "**";
  const wanted = open ? keys.slice(0, -1) : keys;
  if (open ? path.length < wanted.length : path.length !== wanted.length) return false;
  return wanted.every((key, index) => key === "*" || key === path[index]);
}

/** The tree as if this one value had stayed. */
function reverted<Tree>(tree: Tree, { place, before }: Difference): Tree {
  const copy = structuredClone(tree);
  const holder = valueAt(copy, place.slice(0, -1));
  const key = place.at(-1);
  if (typeof holder !== "object" || holder === null || key === undefined) return copy;
  if (Array.isArray(holder)) holder.splice(Number(key), 1, ...(before === undefined ? [] : [before]));
  else if (before === undefined) Reflect.deleteProperty(holder, key);
  else Reflect.set(holder, key, before);
  return copy;
}
