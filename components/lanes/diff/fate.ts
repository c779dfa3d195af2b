import { type ExplainedHop, type Explanation, explainRule, type RoutedRule } from "../explain";
import { toEnvoyRequest } from "../matching";
import { serviceNamed } from "../plan";
import { type LaneGroup, namespacesOf } from "../spec";
import type { ExplainedUser } from "../users/explained";

/** What becomes of requests that take one rule, or none. */
export interface Fate {
  /** Undefined: no rule fits, 404. */
  readonly routed: RoutedRule | undefined;
  readonly explanation: Explanation;
  /** Percent by what requests meet, whatever cookie their answers set; each outcome is of another lane. */
  readonly shares: ReadonlyMap<string, number>;
  /** Where a user decides, and not all are in one lane. */
  readonly places?: Places;
  /** Two fates with the same key are the same to whoever sends or serves requests, cookies included. */
  readonly key: string;
}

/** What users meet, by their place. */
export interface Places {
  /** What tells the user, such as `header x-user-id`. */
  readonly by: string;
  /** The lane of each place. */
  readonly lanes: readonly string[];
  /** The outcome of each place, by the texts of `shares`. */
  readonly outcomes: readonly string[];
}

const plain = toEnvoyRequest({ host: "", path: "/" });

/** No rule names a header that clients fill in, so each request that takes the rule has the same fate. */
export function fateOf(routed: RoutedRule): Fate {
  return toFate(explainRule(routed.group, routed.rule, plain), routed);
}

/** No rule fits. */
export const noRoute: Fate = toFate({ status: 404, why: "no rule fits" }, undefined);

/** The same for a request that was explained; `groups` are those it was explained with. */
export function fateKey(explanation: Explanation, groups: readonly LaneGroup[]): string {
  const group = groups.find(({ name }) => "group" in explanation && explanation.group === name);
  return keyOf(explanation, sharesOf(explanation, group));
}

function toFate(explanation: Explanation, routed: RoutedRule | undefined): Fate {
  const shares = sharesOf(explanation, routed?.group);
  const places = placesOf(explanation, shares);
  return { routed, explanation, shares, ...(places && { places }), key: keyOf(explanation, shares) };
}

/** Undefined: no user decides. Where one lane has all places it is the same for all. */
function dealtBy(explanation: Explanation): ExplainedUser | undefined {
  const user = explanation.status === "routed" ? explanation.user : undefined;
  return user && user.ranges.length > 1 ? user : undefined;
}

/** Undefined: no user decides. Each outcome is of another lane, in the order of the shares. */
function placesOf(explanation: Explanation, shares: ReadonlyMap<string, number>): Places | undefined {
  const user = dealtBy(explanation);
  if (explanation.status !== "routed" || !user) return undefined;
  const { outcomes } = explanation;
  const keys = [...shares.keys()];
  const outcomeOf = new Map(outcomes.map(({ lane }, index) => [lane, keys[index] ?? ""]));
  const lanes = user.ranges.flatMap(({ lane, weight }) => new Array<string>(weight).fill(lane));
  return { by: user.by, lanes, outcomes: lanes.map((lane) => outcomeOf.get(lane) ?? "") };
}

function keyOf(explanation: Explanation, shares: ReadonlyMap<string, number>): string {
  if (shares.size === 0) return String(explanation.status);
  const user = dealtBy(explanation);
  const byText = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
  return JSON.stringify([
    [...shares].sort(byText),
    cookiesOf(explanation).sort(byText),
    user && [user.by, user.ranges],
  ]);
}

/** Lane -> the cookie that answers of it set. */
function cookiesOf(explanation: Explanation): (readonly [string, string])[] {
  if (explanation.status !== "routed") return [];
  return explanation.outcomes.flatMap(({ lane, setsCookie }) => (setsCookie === undefined ? [] : [[lane, setsCookie]]));
}

/** What the gateway itself answers to a preflight, in words; undefined: it is none, or no cors answers it. */
export function preflightAnswer(explanation: Explanation): string | undefined {
  if (explanation.status !== 200 && explanation.status !== 403) return undefined;
  return [`the gateway answers ${explanation.status}`, ...explanation.cors].join(", ");
}

/** Names of rules are left out: they tell nobody anything. The lane is in: apps and logs see it. */
function sharesOf(explanation: Explanation, group: LaneGroup | undefined): Map<string, number> {
  const shares = new Map<string, number>();
  if (explanation.status === 200 || explanation.status === 403) {
    shares.set(JSON.stringify(["preflight", explanation.status, explanation.cors]), 100);
  }
  if (explanation.status !== "routed" || !group) return shares;
  const [namespace, ...others] = namespacesOf(group);
  // A service that moves answers with other pods.
  const placeOf = (hops: readonly ExplainedHop[]) => {
    if (others.length === 0) return namespace;
    const places = hops.map(({ service }) => serviceNamed(group, service)?.namespace);
    // As of a group that is in one namespace: a service that nobody calls may be elsewhere.
    return new Set(places).size === 1 ? places[0] : places;
  };
  for (const { lane, weight, hops } of explanation.outcomes) {
    const key = JSON.stringify([
      lane,
      placeOf(hops),
      labelsMet(group, hops),
      hops.map(hopNumber).join(),
      explanation.rewrite ?? null,
    ]);
    shares.set(key, (shares.get(key) ?? 0) + weight);
  }
  return shares;
}

/** By which labels the pods that answer are found: the group's one, and those of services with labels of their own. */
function labelsMet(group: LaneGroup, hops: readonly ExplainedHop[]): unknown {
  const own = hops.flatMap(({ service, version, labels }) => (labels ? [[service, version, labels]] : []));
  return own.length === 0 ? group.versionLabel : [group.versionLabel, own];
}

/** Large groups have hundreds of thousands of hops, most of them the same: numbers are compared in place of their texts. */
const numbers = new Map<string, number>();
const known = new WeakMap<ExplainedHop, number>();

function hopNumber(hop: ExplainedHop): number {
  const found = known.get(hop);
  if (found !== undefined) return found;
  const text = JSON.stringify([hop.from, hop.service, hop.version ?? null, hop.reason]);
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  known.set(hop, number);
  return number;
}

/**
 * How the users of two fates are dealt: each at the same place in both, or `otherwise`, and then whoever had an outcome has it again
 * by chance alone. Undefined: no user decides, or one lane has them all, so the shares tell who moves.
 */
export function dealtIn(before: Fate, after: Fate): readonly [before: Places, after: Places] | "otherwise" | undefined {
  const [old, now] = [before.places, after.places];
  if ((!old && !now) || before.shares.size < 2 || after.shares.size < 2) return undefined;
  return old && now && old.by === now.by ? [old, now] : "otherwise";
}

/** Percent of the requests of a region that meet something else than before: 0 where their answers alone differ, in a cookie. */
export function movedShare(before: Fate, after: Fate): number {
  if (before.key === after.key) return 0;
  const dealt = dealtIn(before, after);
  if (dealt !== undefined && dealt !== "otherwise") {
    const [old, now] = dealt;
    return now.outcomes.filter((key, place) => key !== old.outcomes[place]).length;
  }
  const chance = dealt === "otherwise";
  let stay = 0;
  for (const [key, share] of after.shares) {
    const had = before.shares.get(key) ?? 0;
    stay += chance ? (share * had) / 100 : Math.min(share, had);
  }
  return chance ? Math.max(1, Math.round(100 - stay)) : 100 - stay;
}
