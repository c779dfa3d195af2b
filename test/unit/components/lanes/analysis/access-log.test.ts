import assert from "node:assert/strict";
import { callReader } from "../../../../../components/lanes/analysis/access-log";
import { laneGroupSchema } from "../../../../../components/lanes/spec";
import { accessLogFields } from "../../../../../components/mesh/access-log";

const input = {
  name: "shop",
  mode: "permissive" as const,
  namespace: "web",
  services: [
    { name: "mocka", port: 8000, versions: ["v1", "v2"] },
    { name: "mockb", port: 8000, versions: ["v1"] },
    { name: "mockc", namespace: "store", port: 8000, versions: ["v1", "v2"] },
  ],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway" },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: [{ name: "v1" }, { name: "v2" }],
};
const group = laneGroupSchema.parse(input);
const read = callReader(group);

const outbound = {
  upstream_cluster: "outbound|8000|version-v2|mockc.store.svc.cluster.local",
  route_name: "shop/mockc/v2",
  response_code: 200,
  response_flags: "-",
  duration: 12,
  lane: "v2",
  upstream_workload: "mockc-v2;store;mockc;v2;Kubernetes",
  grpc_status: null,
};
const call = (fields: object = {}) => read(JSON.stringify({ ...outbound, ...fields }));

describe("calls in a proxy's access log", () => {
  it("has every field that is read", () => {
    for (const field of Object.keys(outbound)) assert.ok(field in accessLogFields, field);
  });

  it("tells service, lane, outcome and time", () => {
    const good = { service: "mockc", lane: "v2", failed: false, milliseconds: 12, fellBack: false };
    assert.deepEqual(call(), good);
    assert.deepEqual(
      call({ upstream_cluster: "lane-fallback|8000|version-v2,version-v1|mockc.store.svc.cluster.local" }),
      good,
    );
    // Its proxy answered by itself: the cluster tells the lane.
    assert.deepEqual(call({ lane: null, route_name: null }), good);
    // A service that the lane has no version of.
    const shared = {
      upstream_cluster: "outbound|8000|version-v1|mockb.web.svc.cluster.local",
      route_name: "shop/mockb",
    };
    assert.deepEqual(call({ ...shared, upstream_workload: "mockb-v1;web;mockb;v1;Kubernetes" }), {
      ...good,
      service: "mockb",
    });
  });

  it("tells lanes of one version apart by their routes, where the proxy answered by itself", () => {
    const versions = ["v1", "v2"];
    const shared = callReader(
      laneGroupSchema.parse({
        ...input,
        services: input.services.map((service) => ({
          ...{ ...service, versions },
          ...(service.name === "mockc" && { ports: [{ port: 9090, protocol: "http" }] }),
        })),
        entry: { ...input.entry, header: "x-tag" },
        lanes: [{ name: "v1" }, { name: "a", version: "v2" }, { name: "b", version: "v2" }],
      }),
    );
    const laneOf = (route_name: string, host: string, version = "v2", port = 8000) =>
      shared(
        JSON.stringify({
          ...{ ...outbound, lane: null, response_code: 503, response_flags: "UH", upstream_workload: null, route_name },
          upstream_cluster: `outbound|${port}|version-${version}|${host}.svc.cluster.local`,
        }),
      )?.lane;
    assert.equal(laneOf("shop/entry/a", "mocka.web"), "a");
    assert.equal(laneOf("shop/entry/b", "mocka.web"), "b");
    assert.equal(laneOf("shop/mockb/a", "mockb.web"), "a");
    assert.equal(laneOf("shop/mockc/a:9090", "mockc.store", "v2", 9090), "a");
    assert.equal(laneOf("shop/entry", "mocka.web", "v1"), "v1");
    // Where no route tells it may be either.
    assert.equal(laneOf("-", "mocka.web"), undefined);
    assert.equal(laneOf("-", "mocka.web", "v1"), "v1");
  });

  it("passes over what came in, what is of others, and what is no line of a log", () => {
    assert.equal(call({ upstream_cluster: "inbound|8000||", route_name: "default" }), undefined);
    assert.equal(call({ upstream_cluster: "outbound|8000||mockc.web.svc.cluster.local", route_name: null }), undefined);
    assert.equal(call({ upstream_cluster: "PassthroughCluster", route_name: "-", lane: null }), undefined);
    assert.equal(
      call({ lane: null, upstream_cluster: "outbound|8000||mockc.store.svc.cluster.local", route_name: null }),
      undefined,
    );
    assert.equal(read("2026-11-28T10:00:00Z info Envoy proxy is ready"), undefined);
    assert.equal(read('{"level":"info"}'), undefined);
    assert.equal(read("{"), undefined);
  });

  it("knows the lane of a request that a proxy answered by itself", () => {
    // Aborted before the lane was written on it.
    const aborted = { response_code: 503, response_flags: "FI", upstream_workload: null, lane: null };
    assert.deepEqual(call(aborted), { service: "mockc", lane: "v2", failed: true, milliseconds: 12, fellBack: false });
    const nowhere = { ...aborted, response_flags: "NC", upstream_cluster: null };
    assert.equal(call(nowhere)?.lane, "v2");
    assert.equal(call({ ...nowhere, route_name: "shop/mockb" })?.lane, "v1");
    assert.equal(call({ ...nowhere, route_name: "other/mockc/v2" }), undefined);
  });

  it("counts as failed what a server did not answer well, and nothing else", () => {
    const failed = (fields: object) => call(fields)?.failed;
    assert.equal(failed({ response_code: 500 }), true);
    assert.equal(failed({ response_code: 404 }), false);
    assert.equal(failed({ response_code: 0, response_flags: "UC" }), true);
    assert.equal(call({ response_code: 0, response_flags: "DC" }), undefined);
    for (const [status, expected] of [
      [0, false],
      [5, false],
      [8, false],
      [13, true],
      ["14", true],
      ["-", false],
    ] as const) {
      assert.equal(failed({ grpc_status: status }), expected, String(status));
    }
  });

  it("takes no time of a WebSocket, which is as long as it was open", () => {
    assert.equal(call({ response_code: 101, duration: 90_000 })?.milliseconds, undefined);
  });

  it("knows that the baseline answered for a lane whose pods were down", () => {
    const baseline = { upstream_workload: "mockc-v1;store;mockc;v1;Kubernetes" };
    assert.equal(call(baseline)?.fellBack, true);
    // The workload's version is the label `version`, which means nothing where versions are told by another.
    const other = callReader(laneGroupSchema.parse({ ...input, versionLabel: "ASM_TRAFFIC_TAG" }));
    assert.equal(other(JSON.stringify({ ...outbound, ...baseline }))?.fellBack, false);
  });
});
