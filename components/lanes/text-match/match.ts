import type { StringMatch } from "../spec";
import { compileRe2, escapeRegex, regexProblem } from "./re2";
import { candidates } from "./search";

/*
 * What a condition on a text takes. The only place that knows how RE2 matches: validation, explain, examples, status and the
 * policy pack all ask here.
 */

/** Whether a text fits. A regex that RE2 does not accept fits none. */
export function fits(match: StringMatch, text: string): boolean {
  switch (match.kind) {
    case "exact":
      return text === match.value;
    case "prefix":
      return text.startsWith(match.value);
    case "regex":
      return regexProblem(match.value) === undefined && compileRe2(match.value).testExact(text);
    default:
      return match satisfies never;
  }
}

/** Whether some text fits both. Where that cannot be told, it is taken to be so. */
export function overlaps(one: StringMatch, other: StringMatch): boolean {
  if (!isReadable(one) || !isReadable(other)) return true;
  if (one.kind === "exact") return fits(other, one.value);
  if (other.kind === "exact") return fits(one, other.value);
  if (one.kind === "prefix" && other.kind === "prefix") return fits(one, other.value) || fits(other, one.value);
  const found = candidates({ all: [toRegex(one), toRegex(other)] });
  return searched(found, (text) => fits(one, text) && fits(other, text)) !== "none";
}

/** Whether every text that fits `narrow` fits `wide`. Where that cannot be told, it is taken not to be so. */
export function covers(wide: StringMatch, narrow: StringMatch): boolean {
  if (!isReadable(wide) || !isReadable(narrow)) return false;
  if (wide.kind === narrow.kind && wide.value === narrow.value) return true;
  if (narrow.kind === "exact") return fits(wide, narrow.value);
  if (wide.kind === "prefix" && narrow.kind === "prefix") return fits(wide, narrow.value);
  const found = candidates({ all: [toRegex(narrow)], not: toRegex(wide) });
  return searched(found, (text) => fits(narrow, text) && !fits(wide, text)) === "none";
}

export interface SampleOptions {
  /** Tried first, in this order. */
  readonly preferred?: readonly string[];
  /** What it must not fit. */
  readonly unlike?: StringMatch;
  /** What else it must be. */
  readonly accept?: (text: string) => boolean;
}

/** A text that fits all of these, by RE2's own judgement; undefined when none was found. */
export function sample(matches: readonly StringMatch[], options: SampleOptions = {}): string | undefined {
  const { preferred = [], unlike, accept = () => true } = options;
  if (!matches.every(isReadable)) return undefined;
  const suits = (text: string) =>
    matches.every((match) => fits(match, text)) && !(unlike && fits(unlike, text)) && accept(text);
  // The very text that is asked for is the plainest of all.
  const literal = matches.flatMap((match) => (match.kind === "regex" ? [] : [match.value]));
  const plain = [...literal, ...preferred].find(suits);
  if (plain !== undefined) return plain;
  const not = unlike && isReadable(unlike) ? { not: toRegex(unlike) } : {};
  for (const text of candidates({ all: matches.map(toRegex), ...not })) if (suits(text)) return text;
  return undefined;
}

function isReadable(match: StringMatch): boolean {
  return match.kind !== "regex" || regexProblem(match.value) === undefined;
}

/** An expression of RE2 that the same texts fit. */
export function toRegex({ kind, value }: StringMatch): string {
  switch (kind) {
    case "exact":
      return escapeRegex(value);
    case "prefix":
      return `${escapeRegex(value)}.*`;
    case "regex":
      return value;
    default:
      return kind satisfies never;
  }
}

/** `none`: every state was seen and no text came out of it. */
function searched(found: Generator<string, boolean>, suits: (text: string) => boolean): "some" | "none" | "unknown" {
  let judgedOtherwise = false;
  for (;;) {
    const { done, value } = found.next();
    if (done) return value && !judgedOtherwise ? "none" : "unknown";
    if (suits(value)) return "some";
    judgedOtherwise = true;
  }
}
