import type { StringMatch } from "../spec";
import { covers, fits, overlaps, sample } from "../text-match/match";

/** Conditions of other rules that are looked at for one text. */
const mostBeside = 20;

/** Texts that fit every condition, the plainest first; `near` are conditions of other rules, which it may have to avoid. */
export function texts(
  conditions: readonly StringMatch[],
  near: readonly StringMatch[],
  otherwise: string,
): readonly string[] {
  const others = distinct(near.filter((condition) => !conditions.includes(condition))).slice(0, mostBeside);
  return remembered(lists, [conditions, others, otherwise], () => findTexts(conditions, others, otherwise));
}

function findTexts(conditions: readonly StringMatch[], others: readonly StringMatch[], otherwise: string): string[] {
  const plain = sample(conditions, { preferred: [otherwise] });
  if (plain === undefined) return [];
  const roots = conditions.length > 0 ? [plain, ...conditions.flatMap(rootOf)] : [plain];
  // One that exists for the very reason that a rule beside it takes another.
  const beside = others.flatMap((other) => [
    ...[sample(conditions, { accept: (text) => !fits(other, text) }) ?? unlike(conditions, other) ?? []].flat(),
    ...[sample([...conditions, other]) ?? []].flat(),
  ]);
  const all = [...roots, ...roots.flatMap(variants), ...beside, ...beside.flatMap(variants)];
  return [...new Set(all)].filter((text) => conditions.every((condition) => fits(condition, text)));
}

/** Of several texts that end alike one is tried; a regex that names the others needs a search of its own. */
function unlike(conditions: readonly StringMatch[], other: StringMatch): string | undefined {
  return conditions.some(({ kind }) => kind === "regex") ? sample(conditions, { unlike: other }) : undefined;
}

/** Whether no text fits both. */
export function conflict(a: StringMatch, b: StringMatch): boolean {
  if (a.kind !== "regex" && b.kind !== "regex") return !overlaps(a, b);
  return remembered(answers, ["conflict", a, b], () => !overlaps(a, b));
}

/** Whether every text that fits `narrow` fits `wide`. */
export function implies(narrow: StringMatch, wide: StringMatch): boolean {
  if (narrow.kind !== "regex" && wide.kind !== "regex") return covers(wide, narrow);
  return remembered(answers, ["implies", narrow, wide], () => covers(wide, narrow));
}

/** Large groups ask for the same again and again, and regular expressions take long. */
const answers = new Map<string, boolean>();
const lists = new Map<string, readonly string[]>();

function remembered<Answer>(known: Map<string, Answer>, question: unknown, answer: () => Answer): Answer {
  const key = JSON.stringify(question);
  const found = known.get(key) ?? answer();
  known.set(key, found);
  return found;
}

function distinct(conditions: readonly StringMatch[]): StringMatch[] {
  return [...new Map(conditions.map((condition) => [`${condition.kind} ${condition.value}`, condition])).values()];
}

function rootOf(match: StringMatch): string[] {
  return match.kind === "regex" ? [] : [match.value];
}

function variants(text: string): string[] {
  return [`${text}x`, `${text}0`, `${text}-x`, `${text}/x`, text.toUpperCase(), `x${text}`];
}
