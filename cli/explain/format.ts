import type { ExplainedHop, ExplainedOutcome, Explanation } from "../../components/lanes/explain";
import { selectorText } from "../../components/lanes/labels";
import type { LaneRequest } from "../../components/lanes/matching";
import { portsInWords } from "../../components/lanes/ports";
import type { TriedRule } from "./tried";

/** What is printed beside the explanation itself. */
export interface ExplainContext {
  /** `namespace/name` of the gateway that the request arrives at. */
  readonly gateway: string;
  readonly request: LaneRequest;
  /** The rules that were not taken, and why; shown when none was. */
  readonly tried: readonly TriedRule[];
}

/**
 * An explanation in plain text, without a line break at its end.
 *
 * ```
 * GET shop.example.com/mock at gateway istio-system/ingressgateway
 * group shop, rule shop/entry: nothing names a lane, so weights decide
 *
 * lane v2, 30 %
 *   FROM     TO     VERSION  REASON                RULE
 *   gateway  mocka  v2       own                   shop/entry
 *   mocka    mockb  v1       fallback to lane v1   shop/mockb
 * ```
 */
export function formatExplanation(explanation: Explanation, context: ExplainContext): string {
  const { request, gateway } = context;
  const first = `${request.method ?? "GET"} ${request.host}${request.path} at gateway ${gateway}`;
  if (explanation.status !== "routed") {
    if ("kind" in explanation) return [first, ...preflightLines(explanation)].join("\n");
    if (explanation.status === 400) return [first, `400 bad request: ${explanation.why}`].join("\n");
    const rows = context.tried.map(({ rule, why }) => [rule, why]);
    const tried = rows.length > 0 ? ["", ...alignedTable(["RULE", "NOT TAKEN BECAUSE"], rows)] : [];
    return [first, `404 no route: ${explanation.why}`, ...tried].join("\n");
  }
  const rule = `group ${explanation.group}, rule ${explanation.rule}: ${explanation.why}`;
  const path = explanation.path === undefined ? [] : [`the gateway rewrites the path to ${explanation.path}`];
  return [first, rule, ...path, ...explanation.outcomes.flatMap((outcome) => ["", ...outcomeLines(outcome)])].join(
    "\n",
  );
}

function preflightLines({ group, rule, status, why, cors }: Extract<Explanation, { kind: "preflight" }>): string[] {
  return [
    `group ${group}, rule ${rule}: ${why}`,
    `the gateway itself answers ${status}: no lane, no cookie`,
    ...cors.map((words) => `  ${words}`),
  ];
}

function outcomeLines(outcome: ExplainedOutcome): string[] {
  const rows = outcome.hops.map((hop) => [
    hop.from,
    hop.service,
    hop.version ?? (hop.rule === undefined ? "any" : "none"),
    reasonText(hop),
    hop.rule ?? "-",
  ]);
  return [
    outcome.weight === 100 ? `lane ${outcome.lane}` : `lane ${outcome.lane}, ${outcome.weight} %`,
    ...(outcome.setsCookie === undefined ? [] : [`  the answer sets ${outcome.setsCookie}`]),
    ...alignedTable(["FROM", "TO", "VERSION", "REASON", "RULE"], rows),
    ...outcome.hops.flatMap(({ from, service, policy }) =>
      policy ? [`  ${from} -> ${service}: ${policy.join(", ")}`] : [],
    ),
    ...portLines(outcome),
    ...labelLines(outcome),
  ];
}

/** Services of several ports, each once. */
function portLines({ hops }: ExplainedOutcome): string[] {
  const lines = hops.flatMap(({ service, ports }) => {
    if (!ports) return [];
    const other = ports.some(({ laneable }) => !laneable) ? ": calls of it may meet any version" : "";
    return [`  ${service}: ${portsInWords(ports)}${other}`];
  });
  return [...new Set(lines)];
}

/** Versions that a service tells by labels of its own, each once. */
function labelLines({ hops }: ExplainedOutcome): string[] {
  const lines = hops.flatMap(({ service, version, labels }) =>
    labels ? [`  ${service} ${version}: pods with ${selectorText(labels)}`] : [],
  );
  return [...new Set(lines)];
}

function reasonText(hop: ExplainedHop): string {
  switch (hop.reason) {
    case "own":
      return "own";
    case "fallback":
      return `fallback to lane ${hop.servedBy}`;
    case "no-rule":
      return "no match: any version may answer";
    default:
      return hop.reason satisfies never;
  }
}

/** Rows below a heading, indented by two; lines end without spaces. */
function alignedTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}
