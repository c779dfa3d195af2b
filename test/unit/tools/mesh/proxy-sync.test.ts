import assert from "node:assert/strict";
import { configState, goneObjects, lateProxies, sentConfig, unreadObjects } from "../../../../tools/mesh/proxy-sync";

const rule = (name: string, resourceVersion: string) => ({
  kind: "DestinationRule",
  metadata: { name, namespace: "default", resourceVersion },
});

describe("unreadObjects", () => {
  const read = [rule("a", "7"), rule("b", "3"), rule("old", "1")];
  it("names objects that istiod does not have, or has in an older version", () => {
    const listed = [rule("a", "7"), rule("b", "4"), rule("c", "9")];
    assert.deepEqual(unreadObjects(listed, read), ["DestinationRule/default/b", "DestinationRule/default/c"]);
  });
  it("is empty when istiod has all", () => {
    assert.deepEqual(unreadObjects([rule("a", "7")], read), []);
  });
});

describe("goneObjects", () => {
  const of = (group: string, name: string) => {
    const { kind, metadata } = rule(name, "1");
    return { kind, metadata: { ...metadata, labels: { "mesh-lanes/group": group } } };
  };

  it("names objects of the groups that istiod still has", () => {
    const gateway = { ...of("shop", "listed-by-nobody"), kind: "Gateway" };
    const read = [of("shop", "a"), of("shop", "old"), of("other", "b"), rule("c", "1"), gateway];
    assert.deepEqual(goneObjects([of("shop", "a")], read, ["shop"]), ["DestinationRule/default/old"]);
  });
});

describe("configState and sentConfig", () => {
  it("are the same whatever the order, since istiod's is never the same", () => {
    const objects = [rule("a", "7"), rule("b", "3")];
    assert.equal(configState(objects), configState([...objects].reverse()));
    const proxies = [
      { proxy: "a.default", route_sent: "2", endpoint_sent: "1" },
      { proxy: "b.default", cluster_sent: "2" },
    ];
    assert.equal(sentConfig(JSON.stringify(proxies)), sentConfig(JSON.stringify([...proxies].reverse())));
  });

  it("change with a version, but for endpoints", () => {
    assert.notEqual(configState([rule("a", "7")]), configState([rule("a", "8")]));
    const sent = (status: object) => sentConfig(JSON.stringify([{ proxy: "a.default", route_sent: "2", ...status }]));
    assert.notEqual(sent({}), sent({ route_sent: "3" }));
    assert.equal(sent({ endpoint_sent: "1" }), sent({ endpoint_sent: "2" }));
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
