/*
 * What a program of one's own can import from "mesh-lanes". Everything else may change without notice.
 */

export type { Barrier, BarrierArgs } from "../components/lanes/barrier";
export { renderIstio, renderSharedFilters } from "../components/lanes/istio/render";
export { LaneGroup, type LaneGroupArgs } from "../components/lanes/lane-group";
export type { GatewayPods, RenderedObject } from "../components/lanes/object";
export { parseLaneGroup } from "../components/lanes/parse";
export { type LanePlan, type PlanRow, planLaneGroup } from "../components/lanes/plan";
export type { LaneGroup as LaneGroupSpec, LaneGroupInput } from "../components/lanes/spec";
export { formatLaneTable, type LaneTable, laneTable } from "../components/lanes/table";
export { type AllowedCall, allowedCalls, type Caller, type CallSources } from "../components/security/calls";
export { LaneSecurity, type LaneSecurityArgs } from "../components/security/lane-security";
export { Workload, type WorkloadArgs } from "../components/workloads/workload";
export { type Problem, UserError } from "../tools/user-error";
