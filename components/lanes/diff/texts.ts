import { matchesText } from "../matching";
import type { StringMatch } from "../spec";

/*
 * Texts for conditions. What can be known of a regular expression without a library is little: a text is tried, and either
 * fits or does not. So `texts` may miss some, and `conflict` and `implies` say yes only when they are sure.
 */

/** Texts that fit every condition, the plainest first; `near` are conditions of other rules, which it may have to avoid. */
export function texts(conditions: readonly StringMatch[], near: readonly StringMatch[], otherwise: string): string[] {
  const roots = conditions.length > 0 ? conditions.flatMap(rootsOf) : [otherwise];
  // A condition that a rule beside it has too is narrower now and then: its own texts are worth a try.
  const others = near.filter((condition) => !conditions.includes(condition)).flatMap(rootsOf);
  const all = [...roots, ...roots.flatMap(variants), ...others, ...others.flatMap(variants)];
  return [...new Set(all)].filter((text) => conditions.every((condition) => matchesText(condition, text)));
}

/** Whether no text fits both. */
export function conflict(a: StringMatch, b: StringMatch): boolean {
  if (a.kind === "exact") return !matchesText(b, a.value);
  if (b.kind === "exact") return !matchesText(a, b.value);
  if (a.kind === "prefix" && b.kind === "prefix") return !a.value.startsWith(b.value) && !b.value.startsWith(a.value);
  return false;
}

/** Whether every text that fits `narrow` fits `wide`. */
export function implies(narrow: StringMatch, wide: StringMatch): boolean {
  if (narrow.kind === wide.kind && narrow.value === wide.value) return true;
  if (wide.kind === "regex" && wide.value === ".*") return true;
  if (narrow.kind === "exact") return matchesText(wide, narrow.value);
  return narrow.kind === "prefix" && wide.kind === "prefix" && narrow.value.startsWith(wide.value);
}

function rootsOf(match: StringMatch): string[] {
  switch (match.kind) {
    case "exact":
    case "prefix":
      return [match.value];
    case "regex":
      return regexTexts(match.value);
    default:
      return match satisfies never;
  }
}

function variants(text: string): string[] {
  return [`${text}x`, `${text}0`, `${text}-x`, `${text}/x`, text.toUpperCase(), `x${text}`];
}

/** Classes and repeats replaced by one of what they stand for, each alternative by itself. */
function regexTexts(regex: string): string[] {
  const body = regex.replace(/^\(\?[ims]+\)/, "");
  const plain = (one: string, repeats: string) =>
    body.split("|").map((part) =>
      part
        .replace(/\\d|\[0-9\]/g, "1")
        .replace(/\\w|\[[^\]^]*a-z[^\]]*\]/g, "a")
        .replace(/\[([^\]^\\])[^\]]*\]/g, "$1")
        .replace(/(?<!\\)\.[*]/g, repeats)
        .replace(/(?<!\\)\./g, one)
        .replace(/(?<!\\)([+*?]|\{[0-9,]*\})\??/g, "")
        .replace(/(?<!\\)(\((\?:|\?P?<\w+>)?|\)|\^|\$)/g, "")
        .replace(/\\(.)/g, "$1"),
    );
  return [...plain("a", ""), ...plain("a", "a"), "a", "1", "/", "/a"];
}
