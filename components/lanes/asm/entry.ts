import type { EntryRule } from "../rule-shape";
import { entryRules } from "../rules";
import type { LaneGroup } from "../spec";

/** The three ways in which requests can enter the lanes of an ASMSwimLaneGroup. */
export type SwimlaneEntry =
  /** Each lane has its own rule (`rule_based`). */
  | { readonly kind: "rules"; readonly rules: readonly EntryRule[] }
  /** One rule for all, then weights (`weighted`). */
  | { readonly kind: "weights"; readonly rule: EntryRule }
  /** The client names its lane in the route header, and all lanes share the entry's only version. */
  | { readonly kind: "pass-through" };

/** The rules that lead into a lane. A swimlane has no field for CORS, and so none for preflights. */
export function swimlaneRules(group: LaneGroup): EntryRule[] {
  return entryRules(group).filter(({ kind }) => kind !== "preflight");
}

/** Which of them a group has. Whether ASM can carry it is for `validateAsm`. */
export function swimlaneEntry(group: LaneGroup): SwimlaneEntry {
  if (passesThrough(group)) return { kind: "pass-through" };
  const rules = swimlaneRules(group);
  const weights = rules.find((rule) => rule.kind === "weights");
  return weights ? { kind: "weights", rule: weights } : { kind: "rules", rules };
}

/**
 * With these groups the gateway has nothing to decide: whatever the route header says, the request goes to the one version
 * of the entry service, and its sidecar finds the lane or the baseline.
 */
function passesThrough({ mode, baseline, routeHeader, entry, lanes, services }: LaneGroup): boolean {
  const service = services.find((candidate) => candidate.name === entry.service);
  return (
    mode === "permissive" &&
    entry.header === routeHeader &&
    entry.unmatched === baseline &&
    lanes.every((lane) => lane.match.length === 0 && lane.weight === undefined) &&
    service?.versions.length === 1
  );
}
