import type { RoutedRule } from "../../explain";
import { type EnvoyRequest, matches } from "../../matching";
import type { RuleMatch } from "../../rules";
import type { StringMatch } from "../../spec";
import { fits } from "../../text-match/match";

/** Whether a rule takes a request of which only a part is known. */
export type Fit = "yes" | "no" | "unknown";

/** What is known of a request beside the parts of it that a log has. */
export interface Knowledge {
  /** The part of the request that is known. */
  readonly sent: EnvoyRequest;
  /** Whether all headers are known; else only those in `sent`. */
  readonly whole: boolean;
  /** The rule that took it, where that is known, and the rules that were tried before and did not. */
  readonly took?: RoutedRule;
  readonly passed: readonly RoutedRule[];
}

const nothing: RuleMatch = { headers: {}, query: {} };

export function fitOf({ match }: RoutedRule["rule"], { sent, whole, took, passed }: Knowledge): Fit {
  const { headers, ...rest } = match;
  if (!matches({ ...rest, headers: {} }, sent)) return "no";
  const conditions = Object.entries(headers);
  const results = conditions.map(([name, wanted]): Fit => {
    if (whole || sent.headers.has(name)) {
      return matches({ ...nothing, headers: { [name]: wanted } }, sent) ? "yes" : "no";
    }
    return fitBeside(took?.rule.match.headers[name], wanted);
  });
  if (results.includes("no")) return "no";
  // What has all that an earlier rule asks for would have been taken by that one.
  const implied = passed.some(({ rule }) => implies(match, rule.match, sent));
  if (implied) return "no";
  return results.includes("unknown") ? "unknown" : "yes";
}

/** Whether a value that fits what is known of it fits what is wanted. */
function fitBeside(known: StringMatch | undefined, wanted: StringMatch): Fit {
  if (known === undefined) return "unknown";
  if (sameMatch(known, wanted)) return "yes";
  if (known.kind === "exact") return fits(wanted, known.value) ? "yes" : "no";
  return wanted.kind === "exact" && !fits(known, wanted.value) ? "no" : "unknown";
}

/** Whether each request like this one that has what `narrow` asks for has what `wide` asks for too. */
function implies(narrow: RuleMatch, wide: RuleMatch, sent: EnvoyRequest): boolean {
  const { headers, ...rest } = wide;
  return (
    matches({ ...rest, headers: {} }, sent) &&
    Object.entries(headers).every(([name, wanted]) => {
      if (sent.headers.has(name)) return matches({ ...nothing, headers: { [name]: wanted } }, sent);
      return sameMatch(narrow.headers[name], wanted);
    })
  );
}

function sameMatch(one: StringMatch | undefined, other: StringMatch): boolean {
  return one !== undefined && one.kind === other.kind && one.value === other.value;
}
