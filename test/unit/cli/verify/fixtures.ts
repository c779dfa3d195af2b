import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";

const chain: LaneGroupInput["services"] = ["mocka", "mockb"].map((name) => ({
  name,
  port: 8000,
  versions: ["v1", "v2"],
}));

/** Two lanes over two services, entered by the header x-lane. */
export function strictGroup(changes: Partial<LaneGroupInput> = {}): LaneGroup {
  return laneGroupSchema.parse({
    name: "shop",
    mode: "strict",
    services: chain,
    entry: { service: "mocka", gateway: "istio-system/ingressgateway", header: "x-lane", path: { exact: "/mock" } },
    lanes: [
      { name: "s1", version: "v1" },
      { name: "s2", version: "v2" },
    ],
    ...changes,
  });
}
