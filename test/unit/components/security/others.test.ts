import assert from "node:assert/strict";
import { parseLaneGroup } from "../../../../components/lanes/parse-input";
import { readLiveObject } from "../../../../components/live/object";
import { foreignAmong } from "../../../../components/security/others";

const deployment = (name: string, labels: Record<string, string> = {}) =>
  readLiveObject({ kind: "Deployment", metadata: { name, namespace: "shop", labels } }) ?? assert.fail();

describe("foreignAmong", () => {
  const group = parseLaneGroup({
    ...{ name: "shop", mode: "strict", namespace: "shop", baseline: "v1", lanes: [{ name: "v1" }] },
    services: [{ name: "web", port: 8000, versions: ["v1"] }],
    entry: { service: "web", gateway: "istio-system/ingressgateway" },
  });

  it("names workloads of others in a namespace that is secured as a whole", () => {
    const found = [
      deployment("theirs", { app: "theirs" }),
      deployment("web-v1", { "mesh-lanes/stack": "mesh-lanes.dev" }),
    ];
    assert.deepEqual(foreignAmong("shop", found, [group]), ["Deployment theirs"]);
  });

  it("leaves out the stack's own, and services of lane groups that others run", () => {
    const found = [
      deployment("web-v2", { app: "web" }),
      deployment("web-v1", { "mesh-lanes/stack": "mesh-lanes.dev" }),
    ];
    assert.deepEqual(foreignAmong("shop", found, [group]), []);
    assert.deepEqual(foreignAmong("shop", [], [group]), []);
    assert.deepEqual(foreignAmong("other", [deployment("web-v2", { app: "web" })], [group]), ["Deployment web-v2"]);
  });
});
