import Table from "cli-table3";
import { type HopResult, hopPassed, type LaneResult, lanePassed } from "./verify-group";

/** Lanes x services: the version expected and, where it differs, what was seen. */
export function verifyTable(results: readonly LaneResult[]): string {
  const services = [...new Set(results.flatMap((result) => result.hops.map((hop) => hop.service)))];
  const table = new Table({
    head: ["group", "lane", "requests", ...services, "result"],
    style: { head: [], border: [] },
  });
  for (const result of results) {
    const cells = services.map((service) => {
      const hop = result.hops.find((candidate) => candidate.service === service);
      return hop ? cell(hop, result) : "";
    });
    table.push([
      result.group,
      laneName(result),
      String(result.requests),
      ...cells,
      lanePassed(result) ? "ok" : "FAILED",
    ]);
  }
  return table.toString();
}

/** `v2`, or `v2 at orders` where a group has several routes. */
function laneName({ lane, entry }: LaneResult): string {
  return entry === undefined ? lane : `${lane} at ${entry}`;
}

function cell(hop: HopResult, result: LaneResult): string {
  const expected = `${hop.expected ?? "-"}${hop.reason === "fallback" ? " (fallback)" : ""}`;
  return hopPassed(hop, result.requests) ? expected : `${expected}, seen ${seenText(hop)}`;
}

/** One line for each difference, naming lane, hop, expected and seen. Empty when all is as planned. */
export function differences(results: readonly LaneResult[]): string[] {
  return results.flatMap((result) => {
    const lane = `group ${result.group}, lane ${laneName(result)}`;
    if (result.skipped) return [`${lane}: not verified: ${result.skipped}`];
    const failures = Object.entries(result.failures).map(
      ([reason, count]) => `${lane}: ${count} of ${result.requests} requests failed: ${reason}`,
    );
    const hops = result.hops
      .filter((hop) => !hopPassed(hop, result.requests))
      .map((hop) => `${lane}, hop ${hop.service}: expected ${hop.expected ?? "no version"}, seen ${seenText(hop)}`);
    return [...failures, ...hops];
  });
}

function seenText(hop: HopResult): string {
  const entries = Object.entries(hop.seen);
  return entries.length === 0 ? "nothing" : entries.map(([version, count]) => `${version} x ${count}`).join(", ");
}
