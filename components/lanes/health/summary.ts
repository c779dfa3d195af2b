import type { GatewayPods } from "../object";
import { type PlanReason, serviceNamed } from "../plan";
import { isDraining, type LaneGroup } from "../spec";
import type { MeshFacts } from "./facts";
import type { Finding } from "./finding";
import { type GroupView, runtimeFallback, versionPods, viewGroup } from "./view";

/** `fallback`: requests are answered by the baseline, by plan or because the lane's own pods are down. */
export type LaneState = "ok" | "fallback" | "broken";

export interface StatusCell {
  readonly service: string;
  /** The version that the plan names; null when it names none. */
  readonly version: string | null;
  readonly reason: PlanReason;
  readonly ready: number;
  readonly wanted: number;
  readonly state: LaneState;
}

export interface StatusLane {
  readonly lane: string;
  readonly cells: readonly StatusCell[];
  /** Broken when any of its services is, or what it enters by. */
  readonly state: LaneState;
  /** It takes nobody new, as the config has it. */
  readonly drains?: true;
}

export interface GroupStatus {
  readonly group: string;
  readonly mode: LaneGroup["mode"];
  readonly lanes: readonly StatusLane[];
}

/** The table of a group: lane x service -> version, pods and state, with the findings counted in. */
export function summarize(
  group: LaneGroup,
  facts: MeshFacts,
  findings: readonly Finding[],
  gateway: GatewayPods,
): GroupStatus {
  const view = viewGroup(group, facts, gateway);
  const errors = findings.filter((finding) => finding.severity === "error" && finding.group === group.name);
  const lanes = group.lanes.map((spec) => {
    const lane = spec.name;
    const mine = errors.filter((finding) => finding.lanes.includes(lane));
    const cells = view.plan.rows.filter((row) => row.lane === lane).map((row) => toCell(view, row, mine));
    const state = mine.length > 0 ? ("broken" as const) : worst(cells);
    return { lane, cells, state, ...(isDraining(spec) && { drains: true as const }) };
  });
  return { group: group.name, mode: group.mode, lanes };
}

function toCell(view: GroupView, row: GroupView["plan"]["rows"][number], errors: readonly Finding[]): StatusCell {
  const { service, version, reason } = row;
  const of = serviceNamed(view.group, service);
  const { ready, wanted } = of && version !== undefined ? versionPods(view, of, version) : { ready: 0, wanted: 0 };
  const broken = version === undefined || errors.some((finding) => finding.service === service);
  const borrows = reason === "fallback" || (ready === 0 && runtimeFallback(view, row) !== undefined);
  const state: LaneState = broken ? "broken" : borrows ? "fallback" : "ok";
  return { service, version: version ?? null, reason, ready, wanted, state };
}

function worst(cells: readonly StatusCell[]): LaneState {
  if (cells.some((cell) => cell.state === "broken")) return "broken";
  return cells.some((cell) => cell.state === "fallback") ? "fallback" : "ok";
}
