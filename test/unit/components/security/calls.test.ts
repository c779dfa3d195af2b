import assert from "node:assert/strict";
import { allowedCalls, type CallSources, callName } from "../../../../components/security/calls";
import { gatewayPods, s1, s4 } from "../lanes/fixtures";

const gateway = { ...gatewayPods, account: "istio-ingressgateway" };
const none: CallSources = { laneGroups: [], workloads: [], allow: [], gateway };
const names = (sources: Partial<CallSources>) => allowedCalls({ ...none, ...sources }).map(callName);

describe("allowedCalls", () => {
  it("has the calls of a lane group, and the gateway's of its entry", () => {
    assert.deepEqual(allowedCalls({ ...none, laneGroups: [s1] }), [
      {
        from: { namespace: "default", account: "wsk-svc", labels: { app: "wsk-svc" } },
        to: { namespace: "default", service: "helloworld", labels: { app: "helloworld" } },
      },
      { from: gateway, to: { namespace: "default", service: "wsk-svc", labels: { app: "wsk-svc" } } },
    ]);
  });

  it("follows calls that are declared, not the order of the services", () => {
    const [first, second, third] = s4.services;
    assert.ok(first && second && third);
    const services = [{ ...first, calls: ["mockb", "mockc"] }, { ...second, calls: [] }, third];
    assert.deepEqual(names({ laneGroups: [{ ...s4, services }] }), [
      "default.mocka.from.istio-system.istio-ingressgateway",
      "default.mockb.from.default.mocka",
      "default.mockc.from.default.mocka",
    ]);
  });

  it("has what a workload calls, with the port of the pods that are called", () => {
    const workloads = [
      { name: "front", namespace: "web", targetPort: 8080, calls: "http://back.data.svc.cluster.local:80/x" },
      { name: "back", namespace: "data", targetPort: 9090 },
    ];
    assert.deepEqual(allowedCalls({ ...none, workloads }), [
      {
        from: { namespace: "web", account: "front", labels: { app: "front" } },
        to: { namespace: "data", service: "back", labels: { app: "back" }, port: 9090 },
      },
    ]);
  });

  for (const calls of ["http://back:80", "http://back.web/x", "http://back.web.svc:80/"]) {
    it(`reads ${calls} as a service of the caller's namespace`, () => {
      const workloads = [
        { name: "front", namespace: "web", targetPort: 1, calls },
        { name: "back", namespace: "web", targetPort: 2 },
      ];
      assert.deepEqual(names({ workloads }), ["web.back.from.web.front"]);
    });
  }

  for (const calls of ["http://api.example.com/", "http://back.other:80", "http://nobody:80"]) {
    it(`allows nothing for ${calls}, which is no workload of the stack`, () => {
      const workloads = [
        { name: "front", namespace: "web", targetPort: 1, calls },
        { name: "back", namespace: "web", targetPort: 2 },
      ];
      assert.deepEqual(names({ workloads }), []);
    });
  }

  it("has what is allowed besides, and each call once", () => {
    const workloads = [{ name: "mocka", namespace: "default", targetPort: 8000, calls: "http://mockb:8000/mock" }];
    const allow = [
      { from: "default/mocka", to: "default/mockb" },
      { from: "jobs/nightly", to: "default/mockc" },
    ];
    assert.deepEqual(names({ laneGroups: [s4], workloads, allow }), [
      "default.mocka.from.istio-system.istio-ingressgateway",
      "default.mockb.from.default.mocka",
      "default.mockc.from.default.mockb",
      "default.mockc.from.jobs.nightly",
    ]);
  });

  it("does not change with lanes, weights and versions: a promotion touches no policy", () => {
    const promoted = {
      ...s4,
      baseline: "v2",
      lanes: s4.lanes.slice(1).map((lane) => ({ ...lane, weight: 50 })),
      services: s4.services.map((service) => ({ ...service, versions: ["v2", "v3"] })),
    };
    assert.deepEqual(allowedCalls({ ...none, laneGroups: [promoted] }), allowedCalls({ ...none, laneGroups: [s4] }));
  });
});
