import assert from "node:assert/strict";
import { istiodRequest, readSyncz } from "../../../../tools/mesh/istiod";

const type = (name: string) => `type.googleapis.com/envoy.config.${name}`;

describe("readSyncz", () => {
  it("reads every kind of config that was sent, with its time and why it was rejected", () => {
    const resources = {
      [type("cluster.v3.Cluster")]: { sent: "a", acked: "a", sentTime: "2026-01-01T00:00:00Z" },
      [type("route.v3.RouteConfiguration")]: { sent: "b", acked: "a", lastError: "no such cluster" },
      [type("listener.v3.Listener")]: {},
      "type.googleapis.com/other": { sent: "c", acked: "c" },
    };
    assert.deepEqual(readSyncz(JSON.stringify([{ proxy: "a.default", cluster_sent: "x", resources }])), [
      {
        proxy: "a.default",
        configs: [
          { type: "clusters", acknowledged: true, sent: "a", sentAt: Date.UTC(2026, 0, 1) },
          { type: "routes", acknowledged: false, sent: "b", rejection: "no such cluster" },
          { type: "type.googleapis.com/other", acknowledged: true, sent: "c" },
        ],
      },
    ]);
  });

  it("reads the answer of an istiod before 1.27", () => {
    const status = { proxy: "a.default", route_sent: "2", route_acked: "1", endpoint_sent: "", listener_sent: "1" };
    assert.deepEqual(readSyncz(JSON.stringify([status])), [
      {
        proxy: "a.default",
        configs: [
          { type: "listeners", acknowledged: false, sent: "1" },
          { type: "routes", acknowledged: false, sent: "2" },
        ],
      },
    ]);
  });

  it("fails on anything else", () => {
    assert.throws(() => readSyncz(`{"error":"unauthorized"}`));
    assert.throws(() => readSyncz("404 page not found"));
  });
});

describe("istiodRequest", () => {
  it("asks from within the pod", () => {
    assert.equal(
      istiodRequest("istio-system", "istiod-1", "/debug/syncz").join(" "),
      "exec -n istio-system istiod-1 -c discovery -- pilot-discovery request GET /debug/syncz",
    );
  });
});
