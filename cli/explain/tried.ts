import { type ExplainOptions, groupsOnHost } from "../../components/lanes/explain";
import {
  comparedValues,
  type EnvoyRequest,
  type LaneRequest,
  matches,
  toEnvoyRequest,
} from "../../components/lanes/matching";
import type { RuleMatch } from "../../components/lanes/rule-shape";
import { entryRules } from "../../components/lanes/rules";
import type { LaneGroup, StringMatch } from "../../components/lanes/spec";

/** A rule of the gateway that a request did not fit. */
export interface TriedRule {
  readonly rule: string;
  /** Each condition that does not hold, in words. */
  readonly why: string;
}

/** The rules that a request meets at a gateway without fitting them, in the order in which they are tried. */
export function triedRules(
  groups: readonly LaneGroup[],
  request: LaneRequest,
  { gateway, repeatedHeaders }: Required<ExplainOptions>,
): TriedRule[] {
  const here = groups.filter((group) => group.entry.gateway === gateway);
  const sent = toEnvoyRequest(request, repeatedHeaders);
  return groupsOnHost(here, sent.authority)
    .flatMap((group) => entryRules(group))
    .flatMap((rule) => {
      const misses = missed(rule.match, sent);
      return misses.length > 0 ? [{ rule: rule.name, why: misses.join("; ") }] : [];
    });
}

/** One condition at a time, judged by the very function that judges the rule. */
function missed(match: RuleMatch, sent: EnvoyRequest): string[] {
  const none: RuleMatch = { headers: {}, query: {} };
  const fails = (condition: Partial<RuleMatch>) => !matches({ ...none, ...condition }, sent);
  const { path, method, authority } = match;
  return [
    ...(path && fails({ path }) ? [`path is ${quote(sent.path)}, not ${wanted(path)}`] : []),
    ...(method && fails({ method }) ? [`method is ${quote(sent.method)}, not ${wanted(method)}`] : []),
    ...(authority && fails({ authority }) ? [`host is ${quote(sent.authority)}, not ${wanted(authority)}`] : []),
    ...Object.entries(match.headers).flatMap(([name, value]) =>
      fails({ headers: { [name]: value } }) ? [miss(`header ${name}`, comparedValues(sent, name), value)] : [],
    ),
    ...Object.entries(match.query).flatMap(([key, value]) =>
      fails({ query: { [key]: value } }) ? [miss(`query ${key}`, [sent.query.get(key) ?? []].flat(), value)] : [],
    ),
  ];
}

function miss(what: string, got: readonly string[], match: StringMatch): string {
  return got.length === 0 ? `${what} is not there` : `${what} is ${got.map(quote).join(" and ")}, not ${wanted(match)}`;
}

function wanted(match: StringMatch): string {
  switch (match.kind) {
    case "exact":
      return quote(match.value);
    case "prefix":
      return `${quote(match.value)} at its start`;
    case "regex":
      return `a text of the form ${match.value}`;
    default:
      return match satisfies never;
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}
