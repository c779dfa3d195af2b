import type * as re2js from "re2js";

/** A regex that must match the whole text, as Envoy has it. */
export type Re2 = re2js.RE2JS;

const compiled = new Map<string, Re2>();

/**
 * A regex in RE2's own syntax. Loaded where the first regex is met: most configs have none, and `pulumi preview` starts
 * without it.
 *
 * @throws when RE2 does not accept it.
 */
export function compileRe2(regex: string): Re2 {
  const known = compiled.get(regex);
  if (known) return known;
  const { RE2JS } = require("re2js") as typeof re2js;
  const made = RE2JS.compile(regex);
  compiled.set(regex, made);
  return made;
}

/** What RE2 calls a fault (https://github.com/google/re2/wiki/Syntax), in the words of those who know other engines. */
const lacks: readonly (readonly [words: RegExp, reason: string])[] = [
  [/^invalid (or unsupported Perl syntax|named capture): `\(\?<?[=!]/, "RE2 has no lookahead or lookbehind"],
  [/^invalid or unsupported Perl syntax: `\(\?>/, "RE2 has no atomic groups"],
  [/^invalid escape sequence: `\\[1-9k]/, "RE2 has no backreferences"],
  [/^invalid nested repetition operator: `[^`]*\+`/, "RE2 has no possessive quantifiers"],
  [/^invalid repeat count/, "RE2 repeats at most 1000 times"],
];

/** Why a regex cannot be used; undefined when it can. */
export function regexProblem(regex: string): string | undefined {
  if (regex === "") return "it is empty";
  try {
    compileRe2(regex);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const words = message.replace(/^error parsing regexp: /, "");
    return lacks.find(([pattern]) => pattern.test(words))?.[1] ?? words;
  }
}

/** A regex that matches exactly this text. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
