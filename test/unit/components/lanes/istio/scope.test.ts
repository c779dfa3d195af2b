import assert from "node:assert/strict";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { gatewayPods, s4, s4Input } from "../fixtures";
import { unhashed } from "./rendered";

const render = (group: LaneGroup) => renderIstio(group, { gateway: gatewayPods });
const scoped = (...egress: string[]) => laneGroupSchema.parse({ ...s4Input, scope: { egress } });
const sidecars = (group: LaneGroup) => render(group).filter(({ kind }) => kind === "Sidecar");

describe("scope", () => {
  it("is off by default", () => {
    assert.deepEqual(sidecars(s4), []);
  });

  it("lets each service know what it calls and the group's egress", () => {
    const host = (name: string) => `default/${name}.default.svc.cluster.local`;
    assert.deepEqual(
      sidecars(scoped("logs/*")),
      (
        [
          ["mocka", [host("mockb"), "logs/*"]],
          ["mockb", [host("mockc"), "logs/*"]],
          ["mockc", ["logs/*"]],
        ] as const
      ).map(([name, hosts]) => ({
        stage: "filters",
        apiVersion: "networking.istio.io/v1",
        kind: "Sidecar",
        metadata: {
          name: `shop.${name}`,
          namespace: "default",
          labels: { "app.kubernetes.io/managed-by": "mesh-lanes", "mesh-lanes/group": "shop" },
        },
        spec: { workloadSelector: { labels: { app: name } }, egress: [{ hosts }] },
      })),
    );
  });

  it("is nothing for a service that calls nothing", () => {
    assert.deepEqual(sidecars(scoped())[2]?.spec.egress, [{ hosts: ["~/*"] }]);
  });

  it("does not change with lanes", () => {
    const next = {
      ...scoped(),
      baseline: "v2",
      lanes: [{ name: "v2", version: "v2", weight: 100, match: [], versions: { mockb: "v1" } }],
    };
    assert.deepEqual(sidecars(next), sidecars(scoped()));
  });

  it("gives the clusters and routes of the fallback to callers only", () => {
    const filters = render(scoped()).filter(({ metadata }) => metadata.name.includes(".from."));
    assert.deepEqual(
      filters.map((object) => [object.stage, unhashed(object).split("/")[1], object.spec.workloadSelector]),
      [
        ["filters", "shop.from.mocka.v3.*", { labels: { app: "mocka" } }],
        ["filters", "shop.from.mockb.v2.*", { labels: { app: "mockb" } }],
        ["service-routes", "shop.from.mocka.mockb", { labels: { app: "mocka" } }],
        ["service-routes", "shop.from.mockb.mockc", { labels: { app: "mockb" } }],
      ],
    );
  });

  it("shares no cluster's name with the objects it takes the place of, which live for a while beside it", () => {
    const added = (group: LaneGroup) =>
      render(group)
        .filter(({ metadata }) => metadata.namespace === "default")
        .flatMap((object) => [...JSON.stringify(object).matchAll(/"ADD","value":\{"name":"([^"]+)"/g)])
        .map(([, name]) => name);
    const before = new Set(added(s4));
    assert.ok(before.size > 0);
    assert.deepEqual(
      added(scoped()).filter((name) => before.has(name)),
      [],
    );
  });
});
