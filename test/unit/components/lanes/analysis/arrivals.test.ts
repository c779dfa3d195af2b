import assert from "node:assert/strict";
import { copiesReader } from "../../../../../components/lanes/analysis/arrivals";
import { laneGroupSchema } from "../../../../../components/lanes/spec";

const group = laneGroupSchema.parse({
  name: "shop",
  mode: "permissive",
  namespace: "web",
  services: [
    { name: "mocka", port: 8000, versions: ["v1", "v2"] },
    { name: "mockb", port: 8000, versions: ["v1", "v2"] },
  ],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway", policy: { mirror: { lane: "v2" } } },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: [{ name: "v1" }, { name: "v2" }],
});
const pod = (app: string, version: string, namespace = "web") => ({ namespace, labels: { app, version } });

const arrived = {
  upstream_cluster: "inbound|8000||",
  route_name: "default",
  response_code: 200,
  response_flags: "-",
  duration: 12,
  lane: "v2",
  upstream_workload: null,
};
const sent = {
  ...arrived,
  upstream_cluster: "outbound|8000|version-v2|mockb.web.svc.cluster.local",
  route_name: "shop/mockb/v2",
};

describe("requests that are copied to a lane, in access logs", () => {
  const read = (of: ReturnType<typeof pod>, fields: object) => copiesReader(group)(of)(JSON.stringify(fields));

  it("are read where they arrive, of both lanes alike", () => {
    const good = { service: "mocka", failed: false, milliseconds: 12, fellBack: false };
    assert.deepEqual(read(pod("mocka", "v2"), arrived), { ...good, lane: "v2" });
    assert.deepEqual(read(pod("mocka", "v1"), { ...arrived, lane: "v1" }), { ...good, lane: "v1" });
    assert.deepEqual(read(pod("mocka", "v2"), { ...arrived, response_code: 503 }), {
      ...{ ...good, lane: "v2", failed: true },
    });
    assert.equal(read(pod("mocka", "v2"), { ...arrived, response_code: 101 })?.milliseconds, undefined);
    // A request of the lane that the baseline answered, since the lane's pods were down.
    assert.equal(read(pod("mocka", "v1"), arrived)?.fellBack, true);
  });

  it("are read where they are sent further on, and not where the gateway sends the requests that are copied", () => {
    assert.deepEqual(read(pod("mocka", "v2"), sent), {
      ...{ service: "mockb", lane: "v2", failed: false, milliseconds: 12, fellBack: false },
    });
    const toEntry = { ...sent, upstream_cluster: "outbound|8000|version-v1|mocka.web.svc.cluster.local", lane: "v1" };
    assert.equal(read(pod("gateway", "", "istio-system"), { ...toEntry, route_name: "shop/entry" }), undefined);
  });

  it("count once at each hop: what arrives further on is not read, nor what names no lane of the group", () => {
    assert.equal(read(pod("mockb", "v2"), arrived), undefined);
    assert.equal(read(pod("mocka", "v2", "other"), arrived), undefined);
    assert.equal(read(pod("mocka", "v2"), { ...arrived, lane: null }), undefined);
    assert.equal(read(pod("mocka", "v2"), { ...arrived, lane: "v9" }), undefined);
    assert.equal(read(pod("mocka", "v2"), { ...arrived, response_code: 0, response_flags: "DC" }), undefined);
  });
});
