import assert from "node:assert/strict";
import { renderAsm } from "../../../../../components/lanes/asm/render";
import type { Stage } from "../../../../../components/lanes/object";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { s1Input, s2Input, s4, s4Input } from "../fixtures";
import { clientBaggage, destination, idOf, log, pick, render, unhashed } from "./rendered";

describe("renderIstio of permissive lanes (S4)", () => {
  const entered = (lane: string) => ({
    set: { "x-mesh-lane": lane, version: lane, baggage: `version=${lane}${clientBaggage}` },
  });
  const cookie = (lane: string) => `mesh-lane-shop=${lane}; Path=/; HttpOnly; SameSite=Lax`;
  const fallback = (version: string, service: string) =>
    `lane-fallback|8000|version-${version},version-v1|${service}.default.svc.cluster.local`;

  it("gives objects in the order of stages", () => {
    const ids = new Map<Stage, string[]>();
    for (const object of render(s4)) {
      ids.set(object.stage, [...(ids.get(object.stage) ?? []), unhashed(object)]);
    }
    assert.deepEqual(
      [...ids],
      [
        [
          "subsets",
          ["mocka", "mocka.*", "mockb", "mockb.*", "mockc", "mockc.*"].map(
            (name) => `DestinationRule default/shop.${name}`,
          ),
        ],
        [
          "filters",
          [
            "default/shop",
            "istio-system/shop.entry.client.baggage",
            ...["default/shop.v2.*", "default/shop.v3.*"],
            ...["istio-system/shop.entry.fallback.v2.*", "istio-system/shop.entry.fallback.v3.*"],
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
          match: [{ headers: { version: { exact: "v3" } }, port: 8000 }],
          route: [{ ...destination("mockb", "v3"), ...log("v3") }],
        },
        {
          ...{ name: "shop/mockb", match: [{ port: 8000 }], ...log("v1") },
          route: [{ ...destination("mockb", "v1"), ...log("%REQ(version)%") }],
        },
      ],
    });
  });

  it("gives a service of many lanes the baseline's route in front as well, for requests of no lane", () => {
    const { baseline = "" } = s4Input;
    const withLanes = (count: number) => {
      const further = Array.from({ length: count }, (_, index) => ({ name: `more-${index}`, version: "v1" }));
      const group = laneGroupSchema.parse({ ...s4Input, lanes: [{ name: baseline, version: "v1" }, ...further] });
      return pick(group, "VirtualService default/shop.mockb").spec.http as { name: string }[];
    };
    assert.equal(withLanes(9).length, 10);
    const [first, ...others] = withLanes(10);
    assert.deepEqual(first, {
      name: "shop/mockb",
      match: [
        { withoutHeaders: { version: {} }, port: 8000 },
        { headers: { version: { exact: baseline } }, port: 8000 },
      ],
      route: [{ ...destination("mockb", "v1"), ...log(baseline) }],
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
        // A list even so, for the patches of fallback.
        route: [1, 2].map(() => ({ ...destination("mocka", "v1"), weight: 50, headers: { request: entered("v1") } })),
      },
    ]);
  });

  it("falls back at run time by an aggregate cluster and a route patch", () => {
    const services = s4.services.map((service) => ({ ...service, fallback: service.name === "mockb" }));
    const mockbAlone = { ...s4, services };
    assert.deepEqual(pick(mockbAlone, "EnvoyFilter default/shop.v3.*").spec, {
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
                    "outbound|8000|version-v3|mockb.default.svc.cluster.local",
                    "outbound|8000|version-v1|mockb.default.svc.cluster.local",
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
      lane === "v1" ? "outbound|8000|version-v1|mocka.default.svc.cluster.local" : fallback(lane, "mocka");
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
                {
                  header: { key: "baggage", value: `version=${lane}${clientBaggage}` },
                  append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
                },
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
    const off = laneGroupSchema.parse({ ...s4Input, fallback: false });
    assert.deepEqual(
      render(off).filter((object) => /fallback|lane-fallback/.test(JSON.stringify(object))),
      [],
    );
    const services = s4Input.services.map((service) => ({ ...service, fallback: service.name !== "mockb" }));
    const one = render(laneGroupSchema.parse({ ...s4Input, services })).map(idOf);
    assert.ok(!one.includes("EnvoyFilter default/shop.mockb") && one.includes("EnvoyFilter default/shop.mockc"));
  });

  it("tells the proxies' filters the key, on virtual hosts of the declared port and on routes of the gateway", () => {
    const turnedOn = (filter: string) => ({
      operation: "MERGE",
      value: {
        typed_per_filter_config: {
          [filter]: {
            "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
            config: {
              "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute",
              filter_context: { key: "version" },
            },
          },
        },
      },
    });
    assert.deepEqual(pick(s4, "EnvoyFilter default/shop").spec, {
      configPatches: ["mocka", "mockb", "mockc"].map((service) => ({
        applyTo: "VIRTUAL_HOST",
        match: {
          context: "SIDECAR_OUTBOUND",
          routeConfiguration: { vhost: { name: `${service}.default.svc.cluster.local:8000` } },
        },
        patch: turnedOn("mesh-lanes.route-header"),
      })),
    });
    const entry = ["/v1/cookie", "/v2/cookie", "/v3/cookie", ""].map((suffix) => `shop/entry${suffix}`);
    assert.deepEqual(pick(s4, "EnvoyFilter istio-system/shop.entry.client.baggage").spec, {
      workloadSelector: { labels: { istio: "ingressgateway" } },
      configPatches: entry.map((name) => ({
        applyTo: "HTTP_ROUTE",
        match: { context: "GATEWAY", routeConfiguration: { vhost: { route: { name } } } },
        patch: turnedOn("mesh-lanes.client-baggage"),
      })),
    });
  });

  it("changes no listener, whatever a group is, and no route name when a lane is promoted, added or shifted", () => {
    const next = laneGroupSchema.parse({
      ...s4Input,
      baseline: "v4",
      services: s4Input.services.map((service) => ({ ...service, versions: [...service.versions, "v4"] })),
      lanes: [...s4Input.lanes.map((lane) => ({ ...lane, weight: 10 })), { name: "v4", weight: 70 }],
    });
    const others = [{ ...s4Input, responseHeaders: true, scope: { egress: [] } }, s2Input, s1Input].map((input) =>
      laneGroupSchema.parse(input),
    );
    for (const group of [s4, next, ...others]) {
      const patched = render(group).flatMap(({ spec }) => (spec.configPatches ?? []) as { applyTo: string }[]);
      for (const { applyTo } of patched) assert.match(applyTo, /^(CLUSTER|HTTP_ROUTE|VIRTUAL_HOST)$/);
    }
    const last = (group: LaneGroup) => JSON.stringify(pick(group, "VirtualService default/shop.mockb").spec.http);
    assert.match(last(s4), /"name":"shop\/mockb",.*"route":\[\{"destination":\{"host":"[^"]+","subset":"version-v1"/);
    assert.match(last(next), /"name":"shop\/mockb",.*"route":\[\{"destination":\{"host":"[^"]+","subset":"version-v4"/);
  });

  it("keeps the object of route patches when a promotion leaves it without any: it may not go with its clusters", () => {
    const promoted = laneGroupSchema.parse({
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

  it("names every host under the cluster's own domain", () => {
    const group = laneGroupSchema.parse({ ...s4Input, clusterDomain: "prod.example", scope: { egress: [] } });
    const text = JSON.stringify(render(group));
    assert.doesNotMatch(text, /cluster\.local/);
    const hosts = text.match(/[a-z]+\.default\.svc\.[a-z.]+/g) ?? [];
    assert.ok(hosts.length > 30 && hosts.every((host) => host.endsWith(".default.svc.prod.example")));
    assert.equal(JSON.stringify(renderAsm(group)).includes("cluster.local"), false);
    const problems = (clusterDomain: string) =>
      validateLaneGroups([{ path: "g", input: { ...s4Input, clusterDomain } }]).map(({ path }) => path);
    assert.deepEqual([problems("prod.example"), problems("prod..example")], [[], ["g.clusterDomain"]]);
  });

  it("has no filter when apps forward the route header themselves", () => {
    const own = render(laneGroupSchema.parse({ ...s4Input, traceHeader: "version", fallback: false }));
    assert.deepEqual(
      own.filter((object) => object.kind === "EnvoyFilter" || JSON.stringify(object).includes("baggage")),
      [],
    );
  });
});
