import assert from "node:assert/strict";
import { lateProxies, unreadObjects } from "../../../../tools/mesh/proxy-sync";

const rule = (name: string, resourceVersion: string) => ({
  kind: "DestinationRule",
  metadata: { name, namespace: "default", resourceVersion },
});

describe("unreadObjects", () => {
  const configz = JSON.stringify([rule("a", "7"), rule("b", "3"), rule("old", "1")]);
  it("names objects that istiod does not have, or has in an older version", () => {
    const listed = JSON.stringify({ items: [rule("a", "7"), rule("b", "4"), rule("c", "9")] });
    assert.deepEqual(unreadObjects(listed, configz), ["DestinationRule/default/b", "DestinationRule/default/c"]);
  });
  it("is empty when istiod has all", () => {
    assert.deepEqual(unreadObjects(JSON.stringify({ items: [rule("a", "7")] }), configz), []);
  });
});

describe("lateProxies", () => {
  const cases: [string, object, boolean][] = [
    [
      "a proxy that acknowledged all",
      { cluster_sent: "1", cluster_acked: "1", route_sent: "2", route_acked: "2" },
      false,
    ],
    [
      "one that was sent no routes (a gateway without any)",
      { cluster_sent: "1", cluster_acked: "1", route_sent: "" },
      false,
    ],
    ["one whose clusters are under way", { cluster_sent: "2", cluster_acked: "1" }, true],
    ["one that never acknowledged its routes", { route_sent: "2" }, true],
    ["one whose endpoints are under way", { endpoint_sent: "2", endpoint_acked: "1" }, true],
    ["one whose listeners are under way", { listener_sent: "2", listener_acked: "1" }, true],
  ];
  for (const [title, status, late] of cases) {
    it(`${late ? "names" : "leaves out"} ${title}`, () => {
      const names = lateProxies(JSON.stringify([{ proxy: "a.default", ...status }])).map(({ proxy }) => proxy);
      assert.deepEqual(names, late ? ["a.default"] : []);
    });
  }
});
