import assert from "node:assert/strict";
import { readLiveObject } from "../../../components/live/object";
import { parseStackConfig } from "../../../config/parse";
import { removedGroups } from "../../../stacks/lane-groups";

const rule = (group: string, service: string) =>
  readLiveObject({
    kind: "DestinationRule",
    metadata: { name: `${group}.v1.${service}`, namespace: "shop", labels: { "mesh-lanes/group": group } },
    spec: { host: `${service}.shop.svc.cluster.local` },
  }) ?? assert.fail();

const workload = (name: string, versions: string[]) => ({ name, app: "mock", namespace: "shop", port: 8000, versions });
const config = (...workloads: object[]) => parseStackConfig({ workloads });

describe("removedGroups", () => {
  const live = [rule("shop", "web"), rule("shop", "cart")];

  it("says which versions get mixed, and how to stay with one", () => {
    const [warning, ...more] = removedGroups(live, config(workload("web", ["v1", "v2"]), workload("cart", ["v1"])));
    assert.deepEqual(more, []);
    assert.match(warning ?? "", /lane group shop goes .* versions of web \(v1, v2\)\. .*lanes: \[\{ name: /);
  });

  it("says nothing where the workloads go too, or have one version", () => {
    assert.deepEqual(removedGroups(live, config()), []);
    assert.deepEqual(removedGroups(live, config(workload("web", ["v1"]))), []);
    assert.deepEqual(removedGroups(live, config(workload("we", ["v1", "v2"]))), []);
  });

  it("says nothing of a group that stays", () => {
    const { laneGroups } = parseStackConfig({
      laneGroups: [
        {
          ...{ name: "shop", mode: "strict", namespace: "shop", baseline: "v1", lanes: [{ name: "v1" }] },
          services: [{ name: "web", port: 8000, versions: ["v1"] }],
          entry: { service: "web", gateway: "istio-system/ingressgateway" },
        },
      ],
    });
    assert.deepEqual(removedGroups(live, { ...config(workload("web", ["v1", "v2"])), laneGroups }), []);
  });
});
