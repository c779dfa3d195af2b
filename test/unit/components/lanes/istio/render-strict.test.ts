import assert from "node:assert/strict";
import { contentHash, type IstioObject } from "../../../../../components/lanes/object";
import type { LaneGroup } from "../../../../../components/lanes/spec";
import { s2, s5 } from "../fixtures";
import { destination, labels, log, pick, render } from "./rendered";

describe("renderIstio of strict lanes (S2)", () => {
  const rules = (service: string, versions: readonly string[]): IstioObject[] => {
    const host = `${service}.default.svc.cluster.local`;
    const subsets = versions.map((version) => ({ name: `version-${version}`, labels: { ASM_TRAFFIC_TAG: version } }));
    const hash = contentHash(versions);
    return [[`test.${service}`, { host }] as const, [`test.${service}.${hash}`, { host, subsets }] as const].map(
      ([name, spec]) => ({
        stage: "subsets",
        apiVersion: "networking.istio.io/v1",
        kind: "DestinationRule",
        metadata: { name, namespace: "default", labels: labels("test") },
        spec,
      }),
    );
  };
  const routes = (service: string): IstioObject => ({
    stage: "service-routes",
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: `test.${service}`, namespace: "default", labels: labels("test") },
    spec: {
      hosts: [`${service}.default.svc.cluster.local`],
      gateways: ["mesh"],
      http: [1, 2, 3].map((n) => ({
        name: `test/${service}/s${n}`,
        match: [{ sourceLabels: { ASM_TRAFFIC_TAG: `v${n}` }, port: 8000 }],
        route: [{ ...destination(service, `v${n}`), ...log(`s${n}`) }],
      })),
    },
  });
  const services = ["mocka", "mockb", "mockc"];

  it("gives exactly these objects", () => {
    assert.deepEqual(render(s2), [
      ...services.flatMap((service) => rules(service, ["v1", "v2", "v3"])),
      ...services.map(routes),
      {
        stage: "entry-routes",
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: {
          ...{ name: "test", namespace: "default", labels: labels("test") },
          annotations: { "mesh-lanes/lanes": "s1,s2,s3" },
        },
        spec: {
          hosts: ["*"],
          gateways: ["istio-system/ingressgateway"],
          http: [1, 2, 3].map((n) => ({
            name: `test/entry/s${n}`,
            match: [{ uri: { exact: "/mock" }, headers: { "x-asm-prefer-tag": { exact: `s${n}` } } }],
            route: [{ ...destination("mocka", `v${n}`), ...log(`s${n}`) }],
          })),
        },
      },
    ]);
  });

  it("ends with the baseline where there is one, and names its subset there only", () => {
    const { spec } = pick({ ...s2, baseline: "s1" }, "VirtualService default/test.mockb");
    assert.deepEqual(spec.http, [
      {
        name: "test/mockb/s2",
        match: [{ sourceLabels: { ASM_TRAFFIC_TAG: "v2" }, port: 8000 }],
        route: [{ ...destination("mockb", "v2"), ...log("s2") }],
      },
      {
        name: "test/mockb/s3",
        match: [{ sourceLabels: { ASM_TRAFFIC_TAG: "v3" }, port: 8000 }],
        route: [{ ...destination("mockb", "v3"), ...log("s3") }],
      },
      { name: "test/mockb", match: [{ port: 8000 }], route: [{ ...destination("mockb", "v1"), ...log("s1") }] },
    ]);
  });

  it("names the service's port in every rule, so that other ports of the Service are left as they are", () => {
    for (const group of [s2, { ...s2, baseline: "s1" }, s5]) {
      for (const { name, port } of group.services) {
        const { http } = pick(group, `VirtualService default/${group.name}.${name}`).spec;
        const matches = (http as { match?: { port?: number }[] }[]).map(({ match }) => match);
        assert.ok(matches.length > 0 && matches.every((match) => match?.every((condition) => condition.port === port)));
      }
    }
  });

  it("matches the label of each version that calls a service in the lane", () => {
    const group: LaneGroup = {
      ...s2,
      services: s2.services.map((service) => ({
        ...service,
        versions: [...service.versions, "old"],
        calls: service.name === "mockc" ? [] : ["mockc"],
      })),
      lanes: [{ name: "s1", version: "v1", match: [], versions: { mockb: "old" } }],
    };
    assert.deepEqual(pick(group, "VirtualService default/test.mockc").spec.http, [
      {
        name: "test/mockc/s1",
        match: [
          { sourceLabels: { ASM_TRAFFIC_TAG: "v1" }, port: 8000 },
          { sourceLabels: { ASM_TRAFFIC_TAG: "old" }, port: 8000 },
        ],
        route: [{ ...destination("mockc", "v1"), ...log("s1") }],
      },
    ]);
  });

  it("sets the upgrade policy on the subset (S5)", () => {
    assert.deepEqual(pick(s5, "DestinationRule default/echo.websockets-server.*").spec.subsets, [
      {
        name: "version-v1",
        labels: { version: "v1" },
        trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: "UPGRADE" } } },
      },
    ]);
  });

  it("lets the sidecars of an upgraded service take a WebSocket over HTTP/2 (S5)", () => {
    assert.deepEqual(pick(s5, "EnvoyFilter default/echo.http2.websockets-server.connect"), {
      stage: "filters",
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: { name: "echo.http2.websockets-server.connect", namespace: "default", labels: labels("echo") },
      spec: {
        workloadSelector: { labels: { app: "websockets-server" } },
        configPatches: [
          {
            applyTo: "NETWORK_FILTER",
            match: {
              context: "SIDECAR_INBOUND",
              listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
            },
            patch: {
              operation: "MERGE",
              value: {
                typed_config: {
                  "@type":
                    "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                  http2_protocol_options: { allow_connect: true },
                },
              },
            },
          },
        ],
      },
    });
    const keep = { ...s5, services: s5.services.map((service) => ({ ...service, http2: "keep" as const })) };
    assert.deepEqual(
      render(keep).filter(({ kind }) => kind === "EnvoyFilter"),
      [],
    );
  });
});
