import assert from "node:assert/strict";
import { readLiveObject } from "../../../components/live/object";
import { parseStackConfig } from "../../../config/parse";
import { cutOff } from "../../../stacks/security";

const deployment = (name: string, labels: Record<string, string> = {}) =>
  readLiveObject({ kind: "Deployment", metadata: { name, namespace: "shop", labels } }) ?? assert.fail();

describe("cutOff", () => {
  const config = parseStackConfig({
    laneGroups: [
      {
        ...{ name: "shop", mode: "strict", namespace: "shop", baseline: "v1", lanes: [{ name: "v1" }] },
        services: [{ name: "web", port: 8000, versions: ["v1"] }],
        entry: { service: "web", gateway: "istio-system/ingressgateway" },
      },
    ],
  });

  it("names workloads of others for which the policies of a whole namespace hold", () => {
    const found = [
      deployment("theirs", { app: "theirs" }),
      deployment("web-v1", { "mesh-lanes/stack": "mesh-lanes.dev" }),
    ];
    assert.match(cutOff("shop", found, config) ?? "", /all of namespace shop, .*: Deployment theirs\. Calls/);
  });

  it("says nothing of the stack's own, and of services of lane groups that others run", () => {
    const found = [
      deployment("web-v2", { app: "web" }),
      deployment("web-v1", { "mesh-lanes/stack": "mesh-lanes.dev" }),
    ];
    assert.equal(cutOff("shop", found, config), undefined);
    assert.equal(cutOff("shop", [], config), undefined);
  });
});
