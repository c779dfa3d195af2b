import assert from "node:assert/strict";
import { judge } from "../../../../components/live/judge";
import type { LiveObject } from "../../../../components/live/object";

const now = "2026-06-01T12:00:00.000Z";
const earlier = "2026-05-01T12:00:00.000Z";
const labels = { "mesh-lanes/stack": "mesh-lanes.dev", "mesh-lanes/group": "shop" };
const planned = { metadata: { labels, annotations: {} }, content: { spec: { host: "a" } } };
const live: LiveObject = {
  kind: "DestinationRule",
  namespace: "default",
  name: "shop.v1.a",
  labels,
  uid: "uid-1",
  annotations: {},
  managers: ["pulumi-kubernetes-1a2b3c4d"],
  content: planned.content,
  applied: { "f:spec": { "f:host": {} } },
};

describe("judge", () => {
  it("says nothing of an object that is as planned", () => {
    assert.deepEqual(judge(planned, live, { whole: true }, now), {
      annotations: {},
      made: "",
      handOver: false,
      strays: [],
    });
  });

  it("keeps the marks of an object that is as planned, so that nothing changes", () => {
    const annotations = { "mesh-lanes/made": earlier, "mesh-lanes/written": earlier, "pulumi.com/patchForce": "true" };
    const marked = { ...live, annotations: { ...annotations, other: "x" } };
    assert.deepEqual(judge(planned, marked, { whole: true }, now), {
      annotations,
      made: earlier,
      handOver: false,
      strays: [],
    });
  });

  it("has an object that is gone made again", () => {
    const judgement = judge(planned, undefined, { whole: true }, now);
    assert.deepEqual(judgement, { annotations: { "mesh-lanes/made": now }, made: now, handOver: false, strays: [] });
  });

  it("has an object that was edited written over, and takes its fields back", () => {
    const edited = {
      ...live,
      annotations: { "mesh-lanes/made": earlier },
      content: { spec: { host: "b", exportTo: ["."] } },
    };
    assert.deepEqual(judge(planned, edited, { whole: true }, now), {
      annotations: { "mesh-lanes/made": earlier, "mesh-lanes/written": now, "pulumi.com/patchForce": "true" },
      made: earlier,
      handOver: false,
      strays: [{ op: "remove", path: "/spec/exportTo" }],
    });
  });

  it("sees a label that was taken off or changed", () => {
    for (const group of [{}, { "mesh-lanes/group": "other" }] as Record<string, string>[]) {
      const edited = { ...live, labels: { "mesh-lanes/stack": "mesh-lanes.dev", ...group } };
      assert.equal(judge(planned, edited, { whole: true }, now).annotations["mesh-lanes/written"], now);
    }
  });

  it("takes nothing by force from an object that does not carry the stack's label", () => {
    const theirs = { ...live, labels: {}, content: { spec: { host: "b", exportTo: ["."] } } };
    assert.deepEqual(judge(planned, theirs, { whole: true }, now), {
      annotations: {},
      made: "",
      handOver: false,
      strays: [],
    });
  });

  describe("what is only added to an object of somebody else", () => {
    const patch = { whole: false, patch: true };
    const namespace = {
      ...live,
      kind: "Namespace",
      namespace: "",
      name: "default",
      labels: { theirs: "x", ...labels },
    };

    it("says nothing while it is there", () => {
      assert.deepEqual(judge(planned, namespace, patch, now), {
        annotations: {},
        made: "",
        handOver: false,
        strays: [],
      });
    });
    it("adds it again, by no force, and never makes the object", () => {
      const expected = { annotations: { "mesh-lanes/written": now }, made: "", handOver: false, strays: [] };
      assert.deepEqual(judge(planned, { ...namespace, labels: {} }, patch, now), expected);
      assert.deepEqual(judge(planned, undefined, patch, now), expected);
    });
    it("keeps its mark", () => {
      const annotations = { "mesh-lanes/written": earlier };
      assert.deepEqual(judge(planned, { ...namespace, annotations }, patch, now).annotations, annotations);
    });
  });

  it("hands the number of replicas over when the plan leaves it to others, once", () => {
    const deployment = { ...live, kind: "Deployment", applied: { "f:spec": { "f:replicas": {} } } };
    const auto = { ...planned, content: { spec: {} } };
    const counted = { ...planned, content: { spec: { replicas: 2 } } };
    assert.equal(judge(auto, deployment, { whole: false }, now).handOver, true);
    assert.equal(judge(auto, { ...deployment, applied: {} }, { whole: false }, now).handOver, false);
    assert.equal(judge(counted, deployment, { whole: false }, now).handOver, false);
  });

  it("compares a Secret's text with what is read back", () => {
    const secret = { metadata: { labels, annotations: {} }, content: { stringData: { key: "value" } } };
    const found = { ...live, kind: "Secret", content: { data: { key: "dmFsdWU=" }, type: "Opaque" } };
    assert.deepEqual(judge(secret, found, { whole: false }, now).annotations, {});
    const changed = { ...found, content: { data: { key: "b3RoZXI=" } } };
    assert.equal(judge(secret, changed, { whole: false }, now).annotations["mesh-lanes/written"], now);
  });
});
