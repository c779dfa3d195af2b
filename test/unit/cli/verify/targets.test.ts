import assert from "node:assert/strict";
import { groupTargets } from "../../../../cli/verify/targets";
import type { GatewayConfig, WorkloadConfig } from "../../../../config/stack";
import { strictGroup } from "./fixtures";

describe("groupTargets", () => {
  const gateway: GatewayConfig = {
    name: "ingressgateway",
    namespace: "istio-system",
    ports: [{ name: "http", port: 80, protocol: "HTTP", hosts: ["*"] }],
  };
  const shop: GatewayConfig = {
    name: "shop",
    namespace: "default",
    ports: [
      { name: "https", port: 443, protocol: "HTTPS", hosts: ["shop.example.com"], credentialName: "shop" },
      { name: "other", port: 80, protocol: "HTTP", hosts: ["other.example.com"] },
      { name: "moved", port: 81, protocol: "HTTP", hosts: ["*.example.com"], redirect: true },
      { name: "http", port: 8080, protocol: "HTTP", hosts: ["*.example.com"] },
    ],
  };
  const urls = {
    "istio-system/ingressgateway/http": "http://192.0.2.1",
    "default/shop/https": "https://192.0.2.1",
    "default/shop/other": "http://192.0.2.1",
    "default/shop/moved": "http://192.0.2.1:81",
    "default/shop/http": "http://192.0.2.1:8080",
  };
  const workload = (name: string, app: WorkloadConfig["app"], namespace = "default"): WorkloadConfig => ({
    ...{ name, app, namespace, port: 8000, portName: "http", targetPort: 8000, versions: ["v1", "v2"] },
    ...{ versionLabel: "version", replicas: {}, env: {}, ofVersions: {}, ports: [] },
  });
  const mocks = [workload("mocka", "mock"), workload("mockb", "mock")];
  const entry = { service: "mocka", header: "x-lane" };

  const cases = [
    { name: "its own gateway", gateway: "istio-system/ingressgateway", hosts: ["*"], target: "http://192.0.2.1" },
    {
      name: "the HTTP port that serves its host and does not send requests on to HTTPS",
      ...{ gateway: "default/shop", hosts: ["shop.example.com"], target: "http://192.0.2.1:8080" },
    },
    {
      name: "no request when only HTTPS serves its host",
      ...{ gateway: "default/shop", hosts: ["elsewhere.org"] },
      target: { skipped: "gateway default/shop serves elsewhere.org on no HTTP port" },
    },
  ];
  for (const { name, target, ...where } of cases) {
    it(`gives a group ${name}`, () => {
      const group = strictGroup({ entry: { ...entry, ...where } });
      const stack = { gateway, gateways: [shop], workloads: mocks };
      assert.deepEqual(groupTargets([group], stack, urls), [
        { group, ...(typeof target === "string" ? { url: target } : target) },
      ]);
    });
  }

  it("says which services behind the gateway speak gRPC, by the name of their ports", () => {
    const group = strictGroup();
    const named = (first: string, second: string) => [
      { ...workload("mocka", "mock"), portName: first },
      { ...workload("mockb", "mock"), portName: second },
    ];
    const asked = (workloads: WorkloadConfig[], url?: string) =>
      groupTargets([group], { gateway, gateways: [], workloads }, urls, url);
    assert.deepEqual(asked(named("grpc-a", "http"), "http://here"), [{ group, url: "http://here", grpc: ["mocka"] }]);
    assert.deepEqual(asked(named("http", "grpc"), "http://here"), [{ group, url: "http://here" }]);
  });

  it("gives the URL that was named in place of every other", () => {
    const group = strictGroup();
    const stack = { gateway, gateways: [], workloads: mocks };
    assert.deepEqual(groupTargets([group], stack, urls, "http://here"), [{ group, url: "http://here" }]);
  });

  it("skips a group whose services do not answer as the mock chain does, and says so", () => {
    const group = strictGroup();
    const workloads = [workload("mocka", "wsk"), workload("mockb", "helloworld"), workload("mocka", "mock", "other")];
    assert.deepEqual(groupTargets([group], { gateway, gateways: [], workloads }, urls), [
      {
        group,
        skipped:
          "only answers of the mock app tell their versions, and mocka, mockb are others; `lanes preflight` follows a request through services of your own",
      },
    ]);
  });

  it("takes services that the stack does not run for mocks where somebody names a URL, and nowhere else", () => {
    const group = strictGroup();
    const stack = { gateway, gateways: [], workloads: [] };
    assert.deepEqual(groupTargets([group], stack, urls, "http://here"), [{ group, url: "http://here" }]);
    assert.match(JSON.stringify(groupTargets([group], stack, urls)), /mocka, mockb are others/);
  });

  it("sends no mock's requests to images of anybody, an image for each version among them", () => {
    const group = strictGroup();
    const own = { ...workload("mocka", undefined), ofVersions: { v1: { env: {}, image: "cart:1.0.0" } } };
    const [target] = groupTargets([group], { gateway, gateways: [], workloads: [own, ...mocks.slice(1)] }, urls);
    assert.ok(target && "skipped" in target && target.skipped.includes("mocka is another"), JSON.stringify(target));
  });
});
