import type { RoutedRule } from "../../explain";
import { type EnvoyRequest, matches } from "../../matching";
import type { RepeatedHeaders } from "../../repeated-headers";
import type { RuleMatch } from "../../rule-shape";
import type { StringMatch } from "../../spec";
import { fits } from "../../text-match/match";

/** Whether a rule takes a request of which only a part is known. */
export type Fit = "yes" | "no" | "unknown";

/** What is known of a request beside the parts of it that a log has. */
export interface Knowledge {
  /** The part of the request that is known, as the proxies compare it whose rules are looked at. */
  readonly sent: EnvoyRequest;
  /** The same as the proxies compared it that wrote the log. */
  readonly logged: EnvoyRequest;
  /** Whether all headers are known; else only those in `sent`. */
  readonly whole: boolean;
  /** The rule that took it, where that is known, and the rules that were tried before and did not. */
  readonly took?: RoutedRule;
  readonly passed: readonly RoutedRule[];
}

const nothing: RuleMatch = { headers: {}, query: {} };

export function fitOf({ match }: RoutedRule["rule"], { sent, logged, whole, took, passed }: Knowledge): Fit {
  const { headers, ...rest } = match;
  if (!matches({ ...rest, headers: {} }, sent)) return "no";
  const conditions = Object.entries(headers);
  const results = conditions.map(([name, wanted]): Fit => {
    if (whole || sent.headers.has(name)) {
      return matches({ ...nothing, headers: { [name]: wanted } }, sent) ? "yes" : "no";
    }
    return fitBeside(took?.rule.match.headers[name], wanted, {
      was: logged.repeatedHeaders,
      is: sent.repeatedHeaders,
    });
  });
  if (results.includes("no")) return "no";
  // What has all that an earlier rule asks for would have been taken by that one.
  const implied = passed.some(({ rule }) => implies(match, rule.match, logged, sent.repeatedHeaders));
  if (implied) return "no";
  return results.includes("unknown") ? "unknown" : "yes";
}

/**
 * Whether a header that the log lacks fits what is wanted.
 *
 * @param known what it fits for the proxies that wrote the log.
 * @param how those proxies compare a header on several lines, and those of which the answer is asked.
 */
function fitBeside(
  known: StringMatch | undefined,
  wanted: StringMatch,
  how: { readonly was: RepeatedHeaders; readonly is: RepeatedHeaders },
): Fit {
  if (known === undefined) return "unknown";
  if (how.was === "joined" && known.kind === "exact" && (how.is === "joined" || !known.value.includes(","))) {
    return fits(wanted, known.value) ? "yes" : "no";
  }
  if (how.was !== how.is) return "unknown";
  if (sameMatch(known, wanted)) return "yes";
  if (how.is === "joined") return wanted.kind === "exact" && !fits(known, wanted.value) ? "no" : "unknown";
  // One of its values fits what is known; there may be others.
  return known.kind === "exact" && fits(wanted, known.value) ? "yes" : "unknown";
}

/**
 * Whether each request like this one that has what `narrow` asks for, for proxies that compare repeated headers `is`, has
 * what `wide` asks for, for those that wrote the log.
 */
function implies(narrow: RuleMatch, wide: RuleMatch, logged: EnvoyRequest, is: RepeatedHeaders): boolean {
  const { headers, ...rest } = wide;
  return (
    matches({ ...rest, headers: {} }, logged) &&
    Object.entries(headers).every(([name, wanted]) => {
      if (logged.headers.has(name)) return matches({ ...nothing, headers: { [name]: wanted } }, logged);
      return logged.repeatedHeaders === is && sameMatch(narrow.headers[name], wanted);
    })
  );
}

function sameMatch(one: StringMatch | undefined, other: StringMatch): boolean {
  return one !== undefined && one.kind === other.kind && one.value === other.value;
}
