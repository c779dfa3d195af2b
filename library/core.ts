/*
 * The rules of lanes over plain data, without Pulumi: what a script, a test or a CI job can import from "mesh-lanes/core".
 * "mesh-lanes" has all of it too. Everything else may change without notice.
 */

export { renderAsm } from "../components/lanes/asm/render";
export { type AsmInstance, checkAsmSupport } from "../components/lanes/asm/support";
export { diffLanes } from "../components/lanes/diff/diff";
export type {
  Change,
  DiffReport,
  Move,
  ReplayReport,
  ReportRegion,
  Risk,
  Route,
} from "../components/lanes/diff/report";
export type { DiffSide } from "../components/lanes/diff/sides";
export {
  type ExplainedHop,
  type ExplainedOutcome,
  type ExplainOptions,
  type Explanation,
  explain,
  gatewaysOf,
} from "../components/lanes/explain";
export { overlaps as hostsOverlap } from "../components/lanes/hosts";
export { type IstioOptions, renderIstio, renderSharedFilters } from "../components/lanes/istio/render";
export { curlCommand, type EntryRequest, type LaneRequest, laneRequest } from "../components/lanes/lane-request";
export type { LaneRequest as ExplainRequest } from "../components/lanes/matching";
export { type GatewayPods, gatewayLabels, type RenderedObject, type Stage } from "../components/lanes/object";
export { type ParseOptions, parseLaneGroup, parseLaneGroups } from "../components/lanes/parse-input";
export { type LanePlan, type PlanReason, type PlanRow, planLaneGroup } from "../components/lanes/plan";
export { removedGroups } from "../components/lanes/removal";
export type { LaneGroup as LaneGroupSpec, LaneGroupInput, MeshKind } from "../components/lanes/spec";
export { formatLaneTable, type LaneTable, type LaneTableRow, laneTable } from "../components/lanes/table";
export { layoutTopology } from "../components/lanes/topology/layout";
export { renderMermaid } from "../components/lanes/topology/mermaid";
export { describeTopology, type Topology, topologyOf } from "../components/lanes/topology/model";
export type { Picture } from "../components/lanes/topology/picture";
export { renderSvg } from "../components/lanes/topology/svg";
export { type LocatedGroup, validateLaneGroups } from "../components/lanes/validate";
export {
  type AllowedCall,
  allowedCalls,
  anyAccount,
  type Caller,
  type CallSources,
} from "../components/security/calls";
export { type Problem, UserError } from "../tools/user-error";
