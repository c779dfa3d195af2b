import type { DiffSide } from "../../../../../components/lanes/diff/sides";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { gatewayPods } from "../fixtures";

/** A side with these groups, without workloads and policies where none are given. */
export function side(name: string, groups: readonly LaneGroup[], more: Partial<DiffSide> = {}): DiffSide {
  return {
    ...{ name, groups, workloads: [], calls: undefined },
    render: (group) => renderIstio(group, { gateway: gatewayPods }),
    gatewayUrl: () => "http://GATEWAY",
    ...more,
  };
}

export function sideOf(name: string, ...inputs: readonly LaneGroupInput[]): DiffSide {
  return side(
    name,
    inputs.map((input) => laneGroupSchema.parse(input)),
  );
}
