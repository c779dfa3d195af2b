import assert from "node:assert/strict";
import { renderAsm } from "../../../../../components/lanes/asm/render";
import { type RenderedObject, stages } from "../../../../../components/lanes/object";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { s1, s1Input, s2, s2Input, s3Input, s4, s4Input, s5 } from "../fixtures";
import { withoutHash } from "../istio/rendered";

/** With `*` for a hash of the content. */
const idOf = ({ kind, metadata }: RenderedObject) =>
  `${kind} ${"namespace" in metadata ? `${metadata.namespace}/` : ""}${withoutHash(metadata.name)}`;
const render = (input: LaneGroupInput) => renderAsm(laneGroupSchema.parse(input));

function pick(group: LaneGroup, id: string): RenderedObject {
  const objects = renderAsm(group);
  const found = objects.find((object) => idOf(object) === id);
  assert.ok(found, `no ${id} among:\n${objects.map(idOf).join("\n")}`);
  return found;
}

describe("renderAsm as routes", () => {
  it("gives these objects for strict lanes (S2)", () => {
    const services = ["mocka", "mockb", "mockc"];
    assert.deepEqual(renderAsm(s2).map(idOf), [
      ...services.flatMap((name) => [`DestinationRule default/test.${name}`, `DestinationRule default/test.${name}.*`]),
      "TrafficLabel default/test",
      ...services.map((name) => `VirtualService default/test.${name}`),
      "VirtualService default/test",
    ]);
  });

  it("tells a strict caller's lane by the label that the TrafficLabel writes", () => {
    assert.deepEqual(pick(s2, "TrafficLabel default/test").spec, {
      rules: [{ labels: [{ name: "asm-label", valueFrom: ["$getLabel(ASM_TRAFFIC_TAG)"] }] }],
    });
    assert.deepEqual(pick(s2, "VirtualService default/test.mockb").spec, {
      hosts: ["mockb.default.svc.cluster.local"],
      gateways: ["mesh"],
      http: [1, 2, 3].map((n) => ({
        name: `test/mockb/s${n}`,
        match: [{ headers: { "asm-label": { exact: `v${n}` } }, port: 8000 }],
        route: [
          { destination: { host: "mockb.default.svc.cluster.local", subset: `version-v${n}`, port: { number: 8000 } } },
        ],
      })),
    });
  });

  it("writes no TrafficLabel where no rule asks for the caller", () => {
    assert.deepEqual(render(s3Input).map(idOf), [
      "DestinationRule default/chart.live-chart",
      "DestinationRule default/chart.live-chart.*",
      "VirtualService default/chart.live-chart",
      "VirtualService default/chart",
    ]);
  });

  it("gives these objects for permissive lanes (S4)", () => {
    assert.deepEqual(renderAsm(s4).map(idOf), [
      ...["mocka", "mockb", "mockc"].flatMap((name) => [
        `DestinationRule default/shop.${name}`,
        `DestinationRule default/shop.${name}.*`,
      ]),
      "ASMHeaderPropagation default/shop",
      "VirtualService default/shop.mocka",
      "VirtualService default/shop.mockb",
      "VirtualService default/shop.mockc",
      "VirtualService default/shop",
    ]);
  });

  it("keeps the sticky cookie of weights", () => {
    const { http } = pick(s4, "VirtualService default/shop").spec;
    assert.ok(Array.isArray(http));
    assert.deepEqual(
      http.map(({ name }) => name),
      ["shop/entry/v1/cookie", "shop/entry/v2/cookie", "shop/entry/v3/cookie", "shop/entry"],
    );
    assert.deepEqual(http[3].route[1], {
      destination: { host: "mocka.default.svc.cluster.local", subset: "version-v2", port: { number: 8000 } },
      fallback: { target: { host: "mocka.default.svc.cluster.local", subset: "version-v1", port: { number: 8000 } } },
      weight: 30,
      headers: {
        request: { set: { version: "v2" } },
        response: { add: { "set-cookie": "mesh-lane-shop=v2; Path=/; HttpOnly; SameSite=Lax" } },
      },
    });
  });

  it("has no fallback where the group wants none", () => {
    const text = JSON.stringify(render({ ...s4Input, fallback: false }));
    assert.ok(!text.includes('"fallback"'));
  });

  it("finds the route header again by a trace id", () => {
    const group = laneGroupSchema.parse({ ...s4Input, traceHeader: "x-request-id" });
    assert.deepEqual(pick(group, "TrafficLabel default/shop").spec, {
      rules: [
        { labels: [{ name: "version", valueFrom: ["$getExternalInboundRequestHeader(x-request-id, version)"] }] },
      ],
    });
    assert.ok(!renderAsm(group).some(({ kind }) => kind === "ASMHeaderPropagation"));
  });

  it("writes nothing for apps that forward the route header themselves", () => {
    const kinds = new Set(render({ ...s4Input, traceHeader: "version" }).map(({ kind }) => kind));
    assert.deepEqual([...kinds], ["DestinationRule", "VirtualService"]);
  });

  it("enters permissive lanes by the client's header (S1), with the baseline for the rest", () => {
    const { http } = pick(s1, "VirtualService default/ws").spec;
    const route = (version: string) => [
      {
        destination: { host: "wsk-svc.default.svc.cluster.local", subset: "version-v1", port: { number: 5000 } },
        headers: { request: { set: { version } } },
      },
    ];
    assert.deepEqual(http, [
      ...["baseline", "v1", "v2"].map((lane) => ({
        name: `ws/entry/${lane}`,
        match: [{ headers: { version: { exact: lane } } }],
        route: route(lane),
      })),
      { name: "ws/entry", route: route("baseline") },
    ]);
  });

  it("upgrades to HTTP/2 as on Istio (S5)", () => {
    assert.deepEqual(renderAsm(s5).map(idOf), [
      "DestinationRule default/echo.websockets-server",
      "DestinationRule default/echo.websockets-server.*",
      "EnvoyFilter default/echo.http2.websockets-server.connect",
      "VirtualService default/echo.websockets-server",
      "VirtualService default/echo",
    ]);
    assert.deepEqual(pick(s5, "DestinationRule default/echo.websockets-server.*").spec, {
      host: "websockets-server.default.svc.cluster.local",
      subsets: [
        {
          name: "version-v1",
          labels: { version: "v1" },
          trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: "UPGRADE" } } },
        },
      ],
    });
  });

  it("writes response headers and scope as on Istio, and no lane for an access log", () => {
    const objects = renderAsm(
      laneGroupSchema.parse({ ...s4Input, responseHeaders: true, scope: { egress: ["logs/*"] } }),
    );
    assert.deepEqual(objects.filter(({ kind }) => kind === "Sidecar" || kind === "EnvoyFilter").map(idOf), [
      ...["v1", "v2", "v3"].map((version) => `EnvoyFilter default/shop.answer.mocka.${version}`),
      ...["mocka", "mockb", "mockc"].map((service) => `Sidecar default/shop.${service}`),
    ]);
    const sidecar = objects.find(({ kind }) => kind === "Sidecar");
    assert.equal(sidecar?.apiVersion, "networking.istio.io/v1beta1");
    assert.deepEqual(sidecar?.spec, {
      workloadSelector: { labels: { app: "mocka" } },
      egress: [{ hosts: ["default/mockb.default.svc.cluster.local", "logs/*"] }],
    });
    const entry = objects.at(-1)?.spec.http as { route: { headers: object }[] }[];
    assert.deepEqual(entry[0]?.route[0]?.headers, {
      request: { set: { version: "v1" } },
      response: { set: { "x-mesh-lane": "v1" } },
    });
    assert.doesNotMatch(JSON.stringify(renderAsm(s4)), /x-mesh-lane/);
  });
});

describe("renderAsm as swimlanes", () => {
  const strict = laneGroupSchema.parse({ ...s2Input, asmWay: "swimlanes" });
  const weighted = laneGroupSchema.parse({
    ...s4Input,
    asmWay: "swimlanes",
    entry: { ...s4Input.entry, sticky: false },
  });
  const labels = (group: string, lane?: string) => ({
    "app.kubernetes.io/managed-by": "mesh-lanes",
    "mesh-lanes/group": group,
    ...(lane !== undefined && { "mesh-lanes/lane": lane, "swimlane-group": group }),
  });
  const refs = (...names: string[]) => names.map((name) => ({ name, namespace: "default" }));

  it("gives a group and its lanes, each with its own rule (S2), and nothing else", () => {
    assert.deepEqual(renderAsm(strict), [
      {
        stage: "subsets",
        apiVersion: "istio.alibabacloud.com/v1",
        kind: "ASMSwimLaneGroup",
        metadata: { name: "test", labels: labels("test") },
        spec: {
          services: refs("mocka", "mockb", "mockc"),
          ingress: { gateway: { name: "ingressgateway", namespace: "istio-system", type: "ASM" } },
        },
      },
      ...[1, 2, 3].map((n) => ({
        stage: "service-routes",
        apiVersion: "istio.alibabacloud.com/v1",
        kind: "ASMSwimLane",
        metadata: { name: `s${n}`, labels: labels("test", `s${n}`) },
        spec: {
          labelSelector: { ASM_TRAFFIC_TAG: `v${n}` },
          ingressRules: [
            {
              name: "match",
              online: true,
              hosts: ["*"],
              match: { uri: { exact: "/mock" }, headers: { "x-asm-prefer-tag": { exact: `s${n}` } } },
              route: { destination: { host: "mocka.default.svc.cluster.local" } },
            },
          ],
        },
      })),
    ]);
  });

  it("gives weights to lanes and their common rule to the group (S4)", () => {
    assert.deepEqual(
      renderAsm(weighted).map(({ spec }) => spec),
      [
        {
          services: refs("mocka", "mockb", "mockc"),
          ingress: {
            gateway: { name: "ingressgateway", namespace: "istio-system", type: "ASM" },
            ingressRouting: {
              ingressRoutingStrategy: "weighted",
              weightedRoutingRule: { hosts: ["*"], requestMatches: [{ uri: { prefix: "/" } }] },
            },
          },
          isPermissive: true,
          permissiveModeConfiguration: { fallbackTarget: "v1", traceHeader: "baggage", routeHeader: "version" },
        },
        ...(
          [
            ["v1", 40, refs("mocka", "mockb", "mockc")],
            ["v2", 30, refs("mocka", "mockc")],
            ["v3", 30, refs("mocka", "mockb")],
          ] as const
        ).map(([version, weight, services]) => ({
          labelSelector: { ASM_TRAFFIC_TAG: version },
          services,
          ingressWeight: { destination: { host: "mocka.default.svc.cluster.local" }, weight },
        })),
      ],
    );
  });

  it("hands the trace header on as it is: trace id, baggage or the route header", () => {
    for (const traceHeader of ["x-request-id", "baggage", "version"]) {
      const [group] = renderAsm({ ...weighted, traceHeader });
      assert.deepEqual(group?.spec.permissiveModeConfiguration, {
        fallbackTarget: "v1",
        traceHeader,
        routeHeader: "version",
      });
    }
  });

  it("leaves the gateway's decision to one lane where there is one", () => {
    const { baseline: _, ...one } = { ...s3Input, asmWay: "swimlanes" as const };
    const [, lane] = render({ ...one, entry: { ...one.entry, unmatched: "v1" } });
    assert.deepEqual(lane?.spec, {
      labelSelector: { version: "v1" },
      ingressRules: [
        {
          name: "unmatched",
          online: true,
          hosts: ["chart.example.com"],
          match: { uri: { prefix: "/" } },
          route: { destination: { host: "live-chart.default.svc.cluster.local" } },
        },
      ],
    });
  });

  it("gives one lane both rules where it is entered by its header and by what fits no lane", () => {
    const entry = { ...s3Input.entry, header: "x-lane", unmatched: "v1" };
    const [, lane] = render({ ...s3Input, entry, asmWay: "swimlanes" });
    const rules = lane?.spec.ingressRules;
    assert.ok(Array.isArray(rules));
    assert.deepEqual(
      rules.map(({ name, match }) => [name, match]),
      [
        ["match", { headers: { "x-lane": { exact: "v1" } } }],
        ["unmatched", { uri: { prefix: "/" } }],
      ],
    );
  });

  it("gives lanes no rules where the client's header is the route header (S1)", () => {
    const objects = render({ ...s1Input, asmWay: "swimlanes" });
    assert.deepEqual(objects.map(idOf), [
      "ASMSwimLaneGroup ws",
      "ASMSwimLane baseline",
      "ASMSwimLane v1",
      "ASMSwimLane v2",
      "VirtualService default/ws",
    ]);
    assert.deepEqual(objects[3]?.spec, { labelSelector: { version: "v2" }, services: refs("helloworld") });
  });

  it("does the same under a path", () => {
    const entry = { ...s1Input.entry, path: { prefix: "/socket.io" } };
    const route = render({ ...s1Input, entry, asmWay: "swimlanes" }).at(-1);
    assert.deepEqual(route?.spec.http, [
      {
        match: [{ uri: { prefix: "/socket.io" } }],
        route: [{ destination: { host: "wsk-svc.default.svc.cluster.local", port: { number: 5000 } } }],
      },
    ]);
  });
});

describe("renderAsm", () => {
  const all = [s1Input, s2Input, s3Input, s4Input].flatMap((input) =>
    (["routes", "swimlanes"] as const).map((asmWay) => laneGroupSchema.parse({ ...input, asmWay })),
  );

  it("never mixes the two ways", () => {
    for (const group of all) {
      const kinds = renderAsm(group).map(({ kind }) => kind);
      const swimlanes = kinds.some((kind) => kind.startsWith("ASMSwimLane"));
      const routes = kinds.some((kind) => kind === "DestinationRule" || kind === "TrafficLabel");
      assert.notEqual(swimlanes, routes, `${group.name} ${group.asmWay}: ${kinds.join(", ")}`);
    }
  });

  it("gives the objects in the order of their stages, each one once", () => {
    for (const group of all) {
      const objects = renderAsm(group);
      const order = objects.map(({ stage }) => stages.indexOf(stage));
      assert.deepEqual(order, [...order].sort(), group.name);
      assert.equal(new Set(objects.map(idOf)).size, objects.length);
    }
  });
});
