import assert from "node:assert/strict";
import { removeClientLane } from "../../../../../components/lanes/istio/lane-header";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { gatewayPods, s2, s2Input, s4Input } from "../fixtures";

const render = (group: LaneGroup) => renderIstio(group, { gateway: gatewayPods });
const answer = (lane: string) => ({ set: { "x-mesh-lane": lane } });

function routesOf(group: LaneGroup, name: string): unknown {
  const found = render(group).find(({ kind, metadata }) => kind === "VirtualService" && metadata.name === name);
  return found?.spec.http;
}

describe("response headers", () => {
  it("are off by default", () => {
    assert.doesNotMatch(JSON.stringify(render(s2)), /response|x-mesh-version/);
  });

  it("tell the lane at the gateway, whatever a service sends", () => {
    const http = routesOf(laneGroupSchema.parse({ ...s2Input, responseHeaders: true }), "test");
    assert.deepEqual(
      (http as { route: { headers: { response: unknown } }[] }[]).map(({ route }) => route[0]?.headers.response),
      ["s1", "s2", "s3"].map(answer),
    );
  });

  it("tell the lane beside the sticky cookie, also in the clusters that the fallback puts in place", () => {
    const group = laneGroupSchema.parse({ ...s4Input, responseHeaders: true });
    const set = (lane: string) => `mesh-lane-shop=${lane}; Path=/; HttpOnly; SameSite=Lax`;
    const http = routesOf(group, "shop") as { route: { headers: { response: unknown } }[] }[];
    assert.deepEqual(
      http.at(-1)?.route.map(({ headers }) => headers.response),
      ["v1", "v2", "v3"].map((lane) => ({ ...answer(lane), add: { "set-cookie": set(lane) } })),
    );
    const patches = render(group).find(({ metadata }) => metadata.name === "shop.entry.routes.fallback")?.spec
      .configPatches as { patch: { value: { route: { weighted_clusters?: { clusters: object[] } } } } }[];
    const clusters = patches.at(-1)?.patch.value.route.weighted_clusters?.clusters as {
      response_headers_to_add: unknown;
    }[];
    assert.deepEqual(
      clusters.map((cluster) => cluster.response_headers_to_add),
      ["v1", "v2", "v3"].map((lane) => [
        { header: { key: "x-mesh-lane", value: lane }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
        { header: { key: "set-cookie", value: set(lane) }, append_action: "APPEND_IF_EXISTS_OR_ADD" },
      ]),
    );
  });

  it("tell the version by the sidecars of the entry service, one object per version", () => {
    const [first, ...others] = s2Input.services;
    assert.ok(first);
    const services = [{ ...first, versions: ["v1", "V_2"] }, ...others];
    const lanes = [{ name: "s1", version: "v1" }];
    const group = laneGroupSchema.parse({ ...s2Input, services, lanes, responseHeaders: true });
    const filters = render(group).filter(({ kind }) => kind === "EnvoyFilter");
    assert.deepEqual(
      filters.map(({ metadata, stage }) => [metadata.name, stage]),
      [
        ["test.answer.mocka.v1", "filters"],
        // An object's name cannot hold what a label can.
        ["test.answer.mocka.c5bc961c4206a922", "filters"],
      ],
    );
    assert.deepEqual(filters[1]?.spec, {
      workloadSelector: { labels: { app: "mocka", ASM_TRAFFIC_TAG: "V_2" } },
      configPatches: [
        {
          applyTo: "ROUTE_CONFIGURATION",
          match: { context: "SIDECAR_INBOUND" },
          patch: {
            operation: "MERGE",
            value: {
              response_headers_to_add: [
                { header: { key: "x-mesh-version", value: "V_2" }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
              ],
            },
          },
        },
      ],
    });
  });

  it("change no listener when a lane is promoted or shifted", () => {
    const on = laneGroupSchema.parse({ ...s4Input, responseHeaders: true });
    const next = laneGroupSchema.parse({
      ...s4Input,
      responseHeaders: true,
      baseline: "v2",
      lanes: [...s4Input.lanes].reverse(),
    });
    const filters = (group: LaneGroup) => render(group).filter(({ metadata }) => metadata.name.includes(".answer."));
    assert.equal(filters(on).length, 3);
    assert.deepEqual(filters(next), filters(on));
  });
});

describe("removeClientLane", () => {
  it("is the first filter of the gateway", () => {
    assert.deepEqual(removeClientLane({ istio: "ingressgateway" }), {
      workloadSelector: { labels: { istio: "ingressgateway" } },
      configPatches: [
        {
          applyTo: "HTTP_FILTER",
          match: {
            context: "GATEWAY",
            listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
          },
          patch: {
            operation: "INSERT_FIRST",
            value: {
              name: "mesh-lanes.client-lane",
              typed_config: {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
                mutations: { request_mutations: [{ remove: "x-mesh-lane" }] },
              },
            },
          },
        },
      ],
    });
  });
});
