import assert from "node:assert/strict";
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

  it("ask the pod for its version by naming the label that holds it, also in the clusters of the fallback", () => {
    const asked = (group: LaneGroup) => JSON.stringify(render(group)).split('"x-mesh-version"').length - 1;
    const group = laneGroupSchema.parse({ ...s4Input, responseHeaders: true });
    const http = routesOf(group, "shop") as { route: { headers: { request: { set: object } } }[] }[];
    for (const { route } of http) {
      for (const { headers } of route) {
        assert.equal(new Map(Object.entries(headers.request.set)).get("x-mesh-version"), "ASM_TRAFFIC_TAG");
      }
    }
    assert.equal(asked(group), 6 + 3);
    assert.equal(asked(laneGroupSchema.parse({ ...s2Input, responseHeaders: true })), 3);
  });
});
