import type { LaneGroupInput } from "../../library";

/** Two services and a canary of the second, entered by a header. */
export const shopInput: LaneGroupInput = {
  name: "shop",
  mode: "permissive",
  namespace: "shop",
  services: [
    { name: "web", port: 80, versions: ["v1"] },
    { name: "cart", port: 80, versions: ["v1", "v2"] },
  ],
  entry: { service: "web", gateway: "istio-system/public", hosts: ["shop.example.com"] },
  routeHeader: "x-lane",
  traceHeader: "x-lane", // the services forward it themselves
  baseline: "stable",
  lanes: [
    { name: "stable", version: "v1" },
    { name: "canary", version: "v2", match: { headers: { "x-lane": "canary" } } },
  ],
};
