import assert from "node:assert/strict";
import { istio, proposed, versioned, web } from "./fixtures";

const sidecar = (egress: readonly object[] | undefined, spec: object = {}, namespace?: string) => {
  const object = istio("Sidecar", "narrow", { ...(egress && { egress }), ...spec });
  return namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } };
};
const told = (...more: readonly object[]) => {
  const { findings } = proposed([...web, ...versioned("cart", "v1"), ...versioned("other", "v1"), ...more], {
    entry: "web",
  });
  return findings
    .filter(({ path }) => path.startsWith("Sidecar "))
    .map(({ kind, path, got }) => `${kind} ${path}: ${got}`);
};

describe("a Sidecar of others", () => {
  it("is told where its egress leaves out a service that the pods call", () => {
    assert.deepEqual(told(sidecar([{ hosts: ["istio-system/*", "./other.default.svc.cluster.local"] }])), [
      "decide Sidecar default/narrow: its egress leaves out web, cart for pods of web, cart, other; web calls cart",
    ]);
    assert.deepEqual(told(sidecar([{ hosts: ["~/*"] }], { workloadSelector: { labels: { app: "web" } } })), [
      "decide Sidecar default/narrow: its egress leaves out cart, other for pods of web; web calls cart",
    ]);
  });

  it("is a note where no call is known that it would take", () => {
    assert.deepEqual(
      told(
        sidecar([{ hosts: ["./cart.default.svc.cluster.local"] }], { workloadSelector: { labels: { app: "web" } } }),
      ),
      ["note Sidecar default/narrow: its egress leaves out other for pods of web"],
    );
  });

  it("is nothing to tell where the egress has every service, or there is none, or no pod of the group has it", () => {
    for (const hosts of [["*/*"], ["./*"], ["default/*"], ["*/*.default.svc.cluster.local"]])
      assert.deepEqual(told(sidecar([{ hosts }])), [], hosts.join());
    assert.deepEqual(told(sidecar(undefined)), []);
    assert.deepEqual(told(sidecar([{ hosts: ["~/*"] }], { workloadSelector: { labels: { app: "x" } } })), []);
    assert.deepEqual(told(sidecar([{ hosts: ["~/*"] }], {}, "elsewhere")), []);
  });

  it("of the mesh's own namespace is one of every pod that has none nearer", () => {
    const root = sidecar([{ hosts: ["./*"] }], {}, "istio-system");
    assert.match(told(root).join(), /decide Sidecar istio-system\/narrow: its egress leaves out .*cart/);
    assert.deepEqual(told(root, sidecar([{ hosts: ["*/*"] }])), []);
  });

  it("counts a listener for one port for that port alone", () => {
    assert.deepEqual(told(sidecar([{ port: { number: 80 }, hosts: ["*/*"] }])), []);
    assert.match(told(sidecar([{ port: { number: 81 }, hosts: ["*/*"] }])).join(), /leaves out web, cart, other/);
  });
});
