import type { LanePlan, PlanPort, PlanReason, PlanRow } from "./plan";
import { portsInWords } from "./ports";

/** The table of one group as JSON: `lanes matrix --json`. */
export interface LaneTable {
  readonly group: string;
  readonly baseline: string | null;
  readonly services: readonly string[];
  readonly lanes: readonly LaneTableRow[];
  /** Ports that are declared beside the first of their service; left out where there are none. */
  readonly ports?: readonly PlanPort[];
}

export interface LaneTableRow {
  readonly lane: string;
  /** One cell for each of the table's services, in their order. */
  readonly cells: readonly { readonly service: string; readonly version: string | null; readonly reason: PlanReason }[];
}

/** Rows of a plan as a table: a row for each lane, a column for each service. */
export function laneTable(plan: LanePlan): LaneTable {
  const services = [...new Set(plan.rows.map((row) => row.service))];
  const byLane = new Map<string, PlanRow[]>();
  for (const row of plan.rows) byLane.set(row.lane, [...(byLane.get(row.lane) ?? []), row]);
  const lanes = [...byLane].map(([lane, rows]) => ({
    lane,
    cells: rows.map(({ service, version = null, reason }) => ({ service, version, reason })),
  }));
  // What has one port is known by the lane group.
  const several = plan.ports.filter(({ service }, index, all) =>
    all.some((other, at) => at !== index && other.service === service),
  );
  return {
    ...{ group: plan.group, baseline: plan.baseline ?? null, services, lanes },
    ...(several.length > 0 && { ports: several }),
  };
}

/**
 * The table in plain text, readable without colour; lines end without spaces, the text without a line break.
 *
 * ```
 * shop (baseline v1)
 *   LANE  mocka  mockb     mockc
 *   v1    v1     v1        v1
 *   v2    v2     v1 <- v1  v2
 *
 *   <- falls back to the lane named
 *   mocka: ports 8000, 9090 gRPC; 9092 Kafka, not lane-able
 * ```
 */
export function formatLaneTable(table: LaneTable): string {
  const cells = [
    ["LANE", ...table.services],
    ...table.lanes.map((row) => [row.lane, ...row.cells.map((cell) => cellText(cell, table.baseline))]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  const reasons = new Set(table.lanes.flatMap((row) => row.cells.map((cell) => cell.reason)));
  const notes = [
    ...(reasons.has("fallback") ? ["  <- falls back to the lane named"] : []),
    ...(reasons.has("missing") ? ["  MISSING: the lane has no version of this service"] : []),
    ...portLines(table.ports ?? []),
  ];
  const title = table.baseline === null ? table.group : `${table.group} (baseline ${table.baseline})`;
  return [title, ...lines, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n");
}

/** `  cart: ports 8080, 9090 gRPC; 9092 Kafka, not lane-able`, a line for each service. */
function portLines(ports: readonly PlanPort[]): string[] {
  return [...new Set(ports.map(({ service }) => service))].map((service) => {
    const own = ports.filter((port) => port.service === service);
    return `  ${service}: ${portsInWords(own)}`;
  });
}

function cellText(cell: LaneTableRow["cells"][number], baseline: string | null): string {
  switch (cell.reason) {
    case "own":
      return cell.version ?? "";
    case "fallback":
      return `${cell.version} <- ${baseline}`;
    case "missing":
      return "MISSING";
    default:
      return cell.reason satisfies never;
  }
}
