import Table from "cli-table3";
import { callByName, sendItsName } from "../../components/lanes/past-routes";
import type { EdgeOutcome, EdgeResult } from "../../components/lanes/preflight/judge";

/** Results of a group, or why it has none. */
export interface GroupPreflight {
  readonly group: string;
  /** What the apps have to forward, in words. */
  readonly forwards: string;
  readonly edges: readonly EdgeResult[];
  /** Further ports, as `service:port`, that were not asked: nothing says which path makes them call others. */
  readonly unasked: readonly string[];
  readonly skipped?: string;
}

/** A table of every call, each loss in words with what fixes it, and the closing count. */
export function preflightReport(groups: readonly GroupPreflight[]): string {
  const probed = groups.filter(({ skipped }) => skipped === undefined);
  const table = new Table({
    head: ["group", "service", "version", "calls", "result"],
    style: { head: [], border: [] },
  });
  for (const { group, edges } of probed) {
    for (const edge of edges) table.push([group, asked(edge), edge.version, edge.to, outcomeText(edge.outcome)]);
  }
  const all = probed.flatMap(({ edges }) => edges);
  const failed = all.filter(({ outcome }) => outcome !== "carried").length;
  return [
    ...(all.length > 0 ? [table.toString()] : []),
    ...probed.flatMap((group) => group.edges.flatMap((edge) => lossText(group, edge))),
    ...probed.flatMap(({ group, unasked }) =>
      unasked.map(
        (port) =>
          `group ${group}: ${port} was not asked: no path is known that makes it call others. Name one: --path ${port}=/path.`,
      ),
    ),
    ...groups.flatMap(({ group, skipped }) =>
      skipped === undefined ? [] : [`group ${group}: nothing sent: ${skipped}`],
    ),
    `${all.length - failed} calls carry the lane, ${failed} do not`,
  ].join("\n");
}

/** The service, and a further port by which it was asked. */
function asked({ from, port }: EdgeResult): string {
  return port === undefined ? from : `${from}:${port}`;
}

function outcomeText(outcome: EdgeOutcome): string {
  return outcome === "carried" ? "ok" : outcome.toUpperCase();
}

function lossText({ group, forwards }: GroupPreflight, edge: EdgeResult): string[] {
  const who = `group ${group}: ${asked(edge)} ${edge.version}`;
  const detail = edge.detail ? ` (${edge.detail})` : "";
  switch (edge.outcome) {
    case "carried":
      return [];
    case "lost":
      return [`${who} calls ${edge.to} without ${forwards}. Forward it, or let the operator: \`instrument: nodejs\`.`];
    case "lost in the chain":
      return [`${who} loses ${forwards} on its way to ${edge.to}${detail}, though not that of a plain request.`];
    case "not called":
      return [`${who} did not call ${edge.to}${detail}. Name a path that makes it: --path ${asked(edge)}=/path.`];
    case "kept host":
      return [
        `${who} calls with the Host of its own caller${detail}, so that no route of ${edge.to} fits. ${sendItsName}`,
      ];
    case "by address":
      return [`${who} calls by address${detail}, which no route of ${edge.to} fits. ${callByName}`];
    case "no answer":
      return [`${who} could not be asked${detail}.`];
    case "no pod":
      return [`${who} has no ready pod. \`npx lanes status\` tells why.`];
    default: {
      const never: never = edge.outcome;
      return never;
    }
  }
}
