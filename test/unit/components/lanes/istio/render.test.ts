import assert from "node:assert/strict";
import { deriveRouteHeaderLua, removeClientMemberLua } from "../../../../../components/lanes/istio/lua";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import type { IstioObject, Stage } from "../../../../../components/lanes/object";
import { completeLaneGroup, type LaneGroup } from "../../../../../components/lanes/spec";
import { gatewayPods, s1, s2, s4, s4Input, s5 } from "../fixtures";

const render = (group: LaneGroup) => renderIstio(group, { gateway: gatewayPods });

/** `kind namespace/name`, by which tests pick an object. */
const idOf = ({ kind, metadata }: IstioObject) => `${kind} ${metadata.namespace}/${metadata.name}`;

function pick(group: LaneGroup, id: string): IstioObject {
  const objects = render(group);
  const found = objects.find((object) => idOf(object) === id);
  assert.ok(found, `no ${id} among:\n${objects.map(idOf).join("\n")}`);
  return found;
}

const labels = (group: string, lane?: string) => ({
  "app.kubernetes.io/managed-by": "mesh-lanes",
  "mesh-lanes/group": group,
  ...(lane !== undefined && { "mesh-lanes/lane": lane }),
});
const destination = (service: string, subset: string, port = 8000) => ({
  destination: { host: `${service}.default.svc.cluster.local`, subset, port: { number: port } },
});

/** What a route writes for the access logs. */
const log = (lane: string) => ({ headers: { request: { set: { "x-mesh-lane": lane } } } });

describe("renderIstio of strict lanes (S2)", () => {
  const subset = (lane: string, version: string, service: string): IstioObject => ({
    stage: "subsets",
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name: `test.${lane}.${service}`, namespace: "default", labels: labels("test", lane) },
    spec: {
      host: `${service}.default.svc.cluster.local`,
      subsets: [{ name: lane, labels: { ASM_TRAFFIC_TAG: version } }],
    },
  });
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
        match: [{ sourceLabels: { ASM_TRAFFIC_TAG: `v${n}` } }],
        route: [{ ...destination(service, `s${n}`), ...log(`s${n}`) }],
      })),
    },
  });
  const services = ["mocka", "mockb", "mockc"];

  it("gives exactly these objects", () => {
    assert.deepEqual(render(s2), [
      ...[1, 2, 3].flatMap((n) => services.map((service) => subset(`s${n}`, `v${n}`, service))),
      ...services.map(routes),
      {
        stage: "entry-routes",
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: "test", namespace: "default", labels: labels("test") },
        spec: {
          hosts: ["*"],
          gateways: ["istio-system/ingressgateway"],
          http: [1, 2, 3].map((n) => ({
            name: `test/entry/s${n}`,
            match: [{ uri: { exact: "/mock" }, headers: { "x-asm-prefer-tag": { exact: `s${n}` } } }],
            route: [{ ...destination("mocka", `s${n}`), ...log(`s${n}`) }],
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
        match: [{ sourceLabels: { ASM_TRAFFIC_TAG: "v2" } }],
        route: [{ ...destination("mockb", "s2"), ...log("s2") }],
      },
      {
        name: "test/mockb/s3",
        match: [{ sourceLabels: { ASM_TRAFFIC_TAG: "v3" } }],
        route: [{ ...destination("mockb", "s3"), ...log("s3") }],
      },
      { name: "test/mockb", route: [{ ...destination("mockb", "s1"), ...log("s1") }] },
    ]);
  });

  it("matches the label of each version that calls a service in the lane", () => {
    const group: LaneGroup = {
      ...s2,
      services: s2.services.map((service) => ({
        ...service,
        versions: [...service.versions, "old"],
        calls: service.name === "mockc" ? [] : ["mockc"],
      })),
      lanes: [{ name: "s1", version: "v1", versions: { mockb: "old" } }],
    };
    assert.deepEqual(pick(group, "VirtualService default/test.mockc").spec.http, [
      {
        name: "test/mockc/s1",
        match: [{ sourceLabels: { ASM_TRAFFIC_TAG: "v1" } }, { sourceLabels: { ASM_TRAFFIC_TAG: "old" } }],
        route: [{ ...destination("mockc", "s1"), ...log("s1") }],
      },
    ]);
  });

  it("sets the upgrade policy on the subset (S5)", () => {
    assert.deepEqual(pick(s5, "DestinationRule default/echo.v1.websockets-server").spec.subsets, [
      {
        name: "v1",
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

describe("renderIstio of permissive lanes (S4)", () => {
  const entered = (lane: string) => ({
    set: { "x-mesh-lane": lane, version: lane },
    add: { baggage: `version=${lane}` },
  });
  const cookie = (lane: string) => `mesh-lane-shop=${lane}; Path=/; HttpOnly; SameSite=Lax`;
  const fallback = (lane: string, service: string) => `lane-fallback|8000|${lane}|${service}.default.svc.cluster.local`;

  it("gives objects in the order of stages", () => {
    const ids = new Map<Stage, string[]>();
    for (const object of render(s4)) ids.set(object.stage, [...(ids.get(object.stage) ?? []), idOf(object)]);
    assert.deepEqual(
      [...ids],
      [
        [
          "subsets",
          ["v1.mocka", "v1.mockb", "v1.mockc", "v2.mocka", "v2.mockc", "v3.mocka", "v3.mockb"].map(
            (name) => `DestinationRule default/shop.${name}`,
          ),
        ],
        [
          "filters",
          [
            "default/shop",
            "istio-system/shop.entry.client.baggage",
            ...["default/shop.v2.mocka", "default/shop.v3.mocka", "default/shop.v3.mockb", "default/shop.v2.mockc"],
            ...["istio-system/shop.entry.fallback.v2", "istio-system/shop.entry.fallback.v3"],
          ].map((name) => `EnvoyFilter ${name}`),
        ],
        [
          "service-routes",
          [
            ...["mocka", "mockb", "mockc"].map((name) => `VirtualService default/shop.${name}`),
            ...["mocka", "mockb", "mockc"].map((name) => `EnvoyFilter default/shop.${name}`),
          ],
        ],
        ["entry-routes", ["VirtualService default/shop", "EnvoyFilter istio-system/shop.entry.routes.fallback"]],
      ],
    );
  });

  it("gives a service a route for each lane that overrides it, then the baseline", () => {
    assert.deepEqual(pick(s4, "VirtualService default/shop.mockb").spec, {
      hosts: ["mockb.default.svc.cluster.local"],
      gateways: ["mesh"],
      http: [
        {
          name: "shop/mockb/v3",
          match: [{ headers: { version: { exact: "v3" } } }],
          route: [{ ...destination("mockb", "v3"), ...log("v3") }],
        },
        { name: "shop/mockb", ...log("v1"), route: [{ ...destination("mockb", "v1"), ...log("%REQ(version)%") }] },
      ],
    });
  });

  it("gives a service of many lanes the baseline's route in front as well, for requests of no lane", () => {
    const { baseline = "" } = s4Input;
    const withLanes = (count: number) => {
      const further = Array.from({ length: count }, (_, index) => ({ name: `more-${index}`, version: "v1" }));
      const group = completeLaneGroup({ ...s4Input, lanes: [{ name: baseline, version: "v1" }, ...further] });
      return pick(group, "VirtualService default/shop.mockb").spec.http as { name: string }[];
    };
    assert.equal(withLanes(9).length, 10);
    const [first, ...others] = withLanes(10);
    assert.deepEqual(first, {
      name: "shop/mockb",
      match: [{ withoutHeaders: { version: {} } }, { headers: { version: { exact: baseline } } }],
      route: [{ ...destination("mockb", baseline), ...log(baseline) }],
    });
    assert.deepEqual(
      others.map(({ name }) => name),
      [...Array.from({ length: 10 }, (_, index) => `shop/mockb/more-${index}`), "shop/mockb"],
    );
  });

  it("enters by cookie, then by weight, and writes the lane on the request", () => {
    const lanes = ["v1", "v2", "v3"];
    assert.deepEqual(pick(s4, "VirtualService default/shop").spec, {
      hosts: ["*"],
      gateways: ["istio-system/ingressgateway"],
      http: [
        ...lanes.map((lane) => ({
          name: `shop/entry/${lane}/cookie`,
          match: [{ headers: { cookie: { regex: `(.*; *)?mesh-lane-shop=${lane} *(;.*)?` } } }],
          route: [{ ...destination("mocka", lane), headers: { request: entered(lane) } }],
        })),
        {
          name: "shop/entry",
          route: lanes.map((lane) => ({
            ...destination("mocka", lane),
            weight: lane === "v1" ? 40 : 30,
            headers: { request: entered(lane), response: { add: { "set-cookie": cookie(lane) } } },
          })),
        },
      ],
    });
  });

  it("leaves out the cookie when the entry is not sticky, and lanes of weight 0", () => {
    const group: LaneGroup = {
      ...s4,
      entry: { ...s4.entry, sticky: false },
      lanes: s4.lanes.map((lane) => ({ ...lane, weight: lane.name === "v1" ? 100 : 0 })),
    };
    assert.deepEqual(pick(group, "VirtualService default/shop").spec.http, [
      {
        name: "shop/entry",
        route: [{ ...destination("mocka", "v1"), weight: 100, headers: { request: entered("v1") } }],
      },
    ]);
  });

  it("falls back at run time by an aggregate cluster of its own object and a route patch", () => {
    assert.deepEqual(pick(s4, "EnvoyFilter default/shop.v3.mockb").spec, {
      configPatches: [
        {
          applyTo: "CLUSTER",
          match: { context: "SIDECAR_OUTBOUND" },
          patch: {
            operation: "ADD",
            value: {
              name: fallback("v3", "mockb"),
              connect_timeout: "10s",
              lb_policy: "CLUSTER_PROVIDED",
              cluster_type: {
                name: "envoy.clusters.aggregate",
                typed_config: {
                  "@type": "type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig",
                  clusters: [
                    "outbound|8000|v3|mockb.default.svc.cluster.local",
                    "outbound|8000|v1|mockb.default.svc.cluster.local",
                  ],
                },
              },
            },
          },
        },
      ],
    });
    assert.deepEqual(pick(s4, "EnvoyFilter default/shop.mockb").spec, {
      configPatches: [
        {
          applyTo: "HTTP_ROUTE",
          match: {
            context: "SIDECAR_OUTBOUND",
            routeConfiguration: { vhost: { route: { name: "shop/mockb/v3" } } },
          },
          patch: { operation: "MERGE", value: { route: { cluster: fallback("v3", "mockb") } } },
        },
      ],
    });
  });

  it("replaces the weighted clusters of the entry, headers included", () => {
    const { spec } = pick(s4, "EnvoyFilter istio-system/shop.entry.routes.fallback");
    const patch = (name: string, route: object) => ({
      applyTo: "HTTP_ROUTE",
      match: { context: "GATEWAY", routeConfiguration: { vhost: { route: { name } } } },
      patch: { operation: "MERGE", value: { route } },
    });
    const clusterOf = (lane: string) =>
      lane === "v1" ? "outbound|8000|v1|mocka.default.svc.cluster.local" : fallback(lane, "mocka");
    assert.deepEqual(spec, {
      workloadSelector: { labels: { istio: "ingressgateway" } },
      configPatches: [
        patch("shop/entry/v2/cookie", { cluster: fallback("v2", "mocka") }),
        patch("shop/entry/v3/cookie", { cluster: fallback("v3", "mocka") }),
        patch("shop/entry", { cluster: clusterOf("v1") }),
        patch("shop/entry", {
          weighted_clusters: {
            clusters: ["v1", "v2", "v3"].map((lane) => ({
              name: clusterOf(lane),
              weight: lane === "v1" ? 40 : 30,
              request_headers_to_add: [
                { header: { key: "x-mesh-lane", value: lane }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
                { header: { key: "version", value: lane }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
                { header: { key: "baggage", value: `version=${lane}` }, append_action: "APPEND_IF_EXISTS_OR_ADD" },
              ],
              response_headers_to_add: [
                { header: { key: "set-cookie", value: cookie(lane) }, append_action: "APPEND_IF_EXISTS_OR_ADD" },
              ],
            })),
          },
        }),
      ],
    });
  });

  it("has no fallback where it is switched off", () => {
    const off = completeLaneGroup({ ...s4Input, fallback: false });
    assert.deepEqual(
      render(off).filter((object) => /fallback|lane-fallback/.test(JSON.stringify(object))),
      [],
    );
    const services = s4Input.services.map((service) => ({ ...service, fallback: service.name !== "mockb" }));
    const one = render(completeLaneGroup({ ...s4Input, services })).map(idOf);
    assert.ok(!one.includes("EnvoyFilter default/shop.mockb") && one.includes("EnvoyFilter default/shop.mockc"));
  });

  it("puts one static filter before the router of sidecars and of the gateway", () => {
    const lua = (context: string, source: string) => [
      {
        applyTo: "HTTP_FILTER",
        match: {
          context,
          listener: {
            filterChain: {
              filter: {
                name: "envoy.filters.network.http_connection_manager",
                subFilter: { name: "envoy.filters.http.router" },
              },
            },
          },
        },
        patch: {
          operation: "INSERT_BEFORE",
          value: {
            name: "mesh-lanes.shop",
            typed_config: {
              "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
              default_source_code: { inline_string: source },
            },
          },
        },
      },
    ];
    const hosts = ["mocka", "mockb", "mockc"].flatMap((name) =>
      ["", ".default", ".default.svc", ".default.svc.cluster.local"].flatMap((suffix) => [
        name + suffix,
        `${name}${suffix}:8000`,
      ]),
    );
    assert.deepEqual(pick(s4, "EnvoyFilter default/shop").spec, {
      configPatches: lua("SIDECAR_OUTBOUND", deriveRouteHeaderLua({ key: "version", hosts })),
    });
    assert.deepEqual(pick(s4, "EnvoyFilter istio-system/shop.entry.client.baggage").spec, {
      workloadSelector: { labels: { istio: "ingressgateway" } },
      configPatches: lua("GATEWAY", removeClientMemberLua({ key: "version", hosts: ["*"] })),
    });
  });

  it("edits no filter of a listener and no route name when a lane is promoted, added or shifted", () => {
    const next = completeLaneGroup({
      ...s4Input,
      baseline: "v4",
      services: s4Input.services.map((service) => ({ ...service, versions: [...service.versions, "v4"] })),
      lanes: [...s4Input.lanes.map((lane) => ({ ...lane, weight: 10 })), { name: "v4", weight: 70 }],
    });
    const listeners = (group: LaneGroup) =>
      render(group).filter((object) => /HTTP_FILTER/.test(JSON.stringify(object)));
    assert.equal(listeners(s4).length, 2);
    assert.deepEqual(listeners(next), listeners(s4));
    const last = (group: LaneGroup) => JSON.stringify(pick(group, "VirtualService default/shop.mockb").spec.http);
    assert.match(last(s4), /"name":"shop\/mockb",.*"route":\[\{"destination":\{"host":"[^"]+","subset":"v1"/);
    assert.match(last(next), /"name":"shop\/mockb",.*"route":\[\{"destination":\{"host":"[^"]+","subset":"v4"/);
  });

  it("keeps the object of route patches when a promotion leaves it without any: it may not go with its clusters", () => {
    const promoted = completeLaneGroup({
      ...s4Input,
      lanes: s4Input.lanes.map((lane) =>
        lane.name === "v1" ? { ...lane, versions: { mocka: "v3", mockb: "v3" } } : lane,
      ),
    });
    const patches = (group: LaneGroup) =>
      render(group)
        .filter(({ kind, stage }) => kind === "EnvoyFilter" && (stage === "service-routes" || stage === "entry-routes"))
        .map(({ metadata, spec }) => [metadata.name, (spec.configPatches as object[]).length]);
    assert.deepEqual(patches(s4), [
      ["shop.mocka", 2],
      ["shop.mockb", 1],
      ["shop.mockc", 1],
      ["shop.entry.routes.fallback", 4],
    ]);
    assert.deepEqual(patches(promoted), [
      ["shop.mocka", 1],
      ["shop.mockb", 0],
      ["shop.mockc", 1],
      ["shop.entry.routes.fallback", 3],
    ]);
  });

  it("has no filter when apps forward the route header themselves", () => {
    const own = render(completeLaneGroup({ ...s4Input, traceHeader: "version", fallback: false }));
    assert.deepEqual(
      own.filter((object) => object.kind === "EnvoyFilter" || JSON.stringify(object).includes("baggage")),
      [],
    );
  });
});

describe("renderIstio of permissive lanes entered by a public header (S1)", () => {
  it("matches the client's header and writes it again, and gives the rest to the baseline", () => {
    const rule = (lane: string, match?: object) => ({
      name: match ? `ws/entry/${lane}` : "ws/entry",
      ...(match && { match: [match] }),
      route: [
        {
          ...destination("wsk-svc", "baseline", 5000),
          headers: {
            request: { set: { "x-mesh-lane": lane, version: lane }, add: { baggage: `version=${lane}` } },
          },
        },
      ],
    });
    assert.deepEqual(pick(s1, "VirtualService default/ws").spec, {
      hosts: ["*"],
      gateways: ["default/ws-gateway"],
      http: [
        ...["baseline", "v1", "v2"].map((lane) => rule(lane, { headers: { version: { exact: lane } } })),
        rule("baseline"),
      ],
    });
  });

  it("routes helloworld by lane and wsk to its one version", () => {
    const http = (service: string) => pick(s1, `VirtualService default/ws.${service}`).spec.http;
    const last = (service: string) => ({
      ...{ name: `ws/${service}`, ...log("baseline") },
      route: [{ ...destination(service, "baseline", 5000), ...log("%REQ(version)%") }],
    });
    assert.deepEqual(http("wsk-svc"), [last("wsk-svc")]);
    assert.deepEqual(http("helloworld"), [
      ...["v1", "v2"].map((lane) => ({
        name: `ws/helloworld/${lane}`,
        match: [{ headers: { version: { exact: lane } } }],
        route: [{ ...destination("helloworld", lane, 5000), ...log(lane) }],
      })),
      last("helloworld"),
    ]);
  });

  it("makes no fallback between the same pods", () => {
    const fallbacks = render(s1).filter((object) => JSON.stringify(object).includes("envoy.clusters.aggregate"));
    assert.deepEqual(fallbacks.map(idOf), ["EnvoyFilter default/ws.v2.helloworld"]);
  });
});

describe("renderIstio of entry matches", () => {
  it("writes headers, cookies, query, hosts and path as Istio matches", () => {
    const group = completeLaneGroup({
      ...s4Input,
      lanes: [
        { name: "v1", weight: 100 },
        {
          name: "v2",
          match: {
            headers: { "x-a": { prefix: "1" } },
            cookies: { "a.b": "x" },
            query: { q: { regex: "a+" } },
            hosts: ["beta.example.com", "*.dev.example.com"],
            path: { prefix: "/v2/" },
          },
        },
      ],
    });
    const http = pick(group, "VirtualService default/shop").spec.http as { match?: unknown }[];
    assert.deepEqual(http[0]?.match, [
      {
        uri: { prefix: "/v2/" },
        authority: { regex: "(?i)(beta\\.example\\.com|[^:]+\\.dev\\.example\\.com)(:[0-9]+)?" },
        headers: { "x-a": { prefix: "1" }, cookie: { regex: "(.*; *)?a\\.b=x *(;.*)?" } },
        queryParams: { q: { regex: "a+" } },
      },
    ]);
  });
});
