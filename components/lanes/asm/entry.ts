import { serviceNamed } from "../plan";
import type { EntryRule } from "../rule-shape";
import { entryRules } from "../rules";
import type { LaneGroup, LaneService } from "../spec";

/** The three ways in which requests can enter the lanes of an ASMSwimLaneGroup. */
export type SwimlaneEntry =
  /** Each lane has its own rule (`rule_based`). */
  | { readonly kind: "rules"; readonly rules: readonly EntryRule[] }
  /** One rule for all, then weights (`weighted`). */
  | { readonly kind: "weights"; readonly rule: EntryRule }
  /** The client names its lane in the route header, and all lanes share the entry's only version. */
  | { readonly kind: "pass-through"; readonly service: LaneService };

/** The rules that lead into a lane. A swimlane has no field for CORS, and so none for preflights. */
export function swimlaneRules(group: LaneGroup): EntryRule[] {
  return entryRules(group).filter(({ kind }) => kind !== "preflight");
}

/** Which of them a group has. Whether ASM can carry it is for `validateAsm`. */
export function swimlaneEntry(group: LaneGroup): SwimlaneEntry {
  const service = serviceNamed(group, group.entry.service);
  if (service && passesThrough(group, service)) return { kind: "pass-through", service };
  const rules = swimlaneRules(group);
  const weights = rules.find((rule) => rule.kind === "weights");
  return weights ? { kind: "weights", rule: weights } : { kind: "rules", rules };
}

/**
 * With these groups the gateway has nothing to decide: whatever the route header says, the request goes to the one version
 * of the entry service, and its sidecar finds the lane or the baseline.
 */
function passesThrough({ mode, baseline, routeHeader, entry, lanes }: LaneGroup, { versions }: LaneService): boolean {
  return (
    mode === "permissive" &&
    entry.header === routeHeader &&
    entry.unmatched === baseline &&
    lanes.every((lane) => lane.match.length === 0 && lane.weight === undefined) &&
    versions.length === 1
  );
}
