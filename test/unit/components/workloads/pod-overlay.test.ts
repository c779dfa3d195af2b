import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import { type Overlay, overlaid, withStoredDefaults } from "../../../../components/workloads/pod-overlay";

const app = { name: "app", image: "a:1", ports: [{ containerPort: 80, name: "http" }] };

const cases: readonly [title: string, base: Overlay, overlay: Overlay, expected: Overlay][] = [
  ["maps key by key", { a: 1, b: { c: 2 } }, { b: { d: 3 } }, { a: 1, b: { c: 2, d: 3 } }],
  ["null takes a field away", { a: 1, b: { c: 2 } }, { a: null, b: { c: null } }, { b: {} }],
  ["undefined changes nothing", { a: 1 }, { a: undefined }, { a: 1 }],
  ["a text takes the place of a map", { a: { b: 1 } }, { a: "c" }, { a: "c" }],
  [
    "containers by their names, in their order",
    { containers: [app] },
    {
      containers: [
        { name: "log", image: "l:1" },
        { name: "app", tty: true },
      ],
    },
    {
      containers: [
        { ...app, tty: true },
        { name: "log", image: "l:1" },
      ],
    },
  ],
  [
    "ports by their numbers, mounts by their paths",
    { ports: [{ containerPort: 80, name: "http" }], volumeMounts: [{ mountPath: "/a", name: "x" }] },
    {
      ports: [{ containerPort: 80, protocol: "TCP" }, { containerPort: 90 }],
      volumeMounts: [{ mountPath: "/a", readOnly: true }],
    },
    {
      ports: [{ containerPort: 80, name: "http", protocol: "TCP" }, { containerPort: 90 }],
      volumeMounts: [{ mountPath: "/a", name: "x", readOnly: true }],
    },
  ],
  ["a list without such a key as a whole", { args: ["a", "b"] }, { args: ["c"] }, { args: ["c"] }],
  [
    "a probe as a whole: it has one kind",
    { readinessProbe: { tcpSocket: { port: 1 } } },
    { readinessProbe: { exec: { command: ["x"] } } },
    { readinessProbe: { exec: { command: ["x"] } } },
  ],
  [
    "a variable of another source as a whole",
    { env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "x" } } }] },
    { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] },
    { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] },
  ],
];

describe("overlaid", () => {
  for (const [title, base, overlay, expected] of cases) {
    it(title, () => {
      const [before, above] = [structuredClone(base), structuredClone(overlay)];
      assert.deepEqual(overlaid(base, overlay), expected);
      // Neither is changed: the base of one version is that of the next.
      assert.deepEqual([base, overlay], [before, above]);
    });
  }

  it("takes an output as it is", () => {
    const image = output("a:2");
    assert.equal(overlaid({ image: { a: 1 } }, { image }).image, image);
  });
});

describe("withStoredDefaults", () => {
  it("completes maps that the API server compares as a whole, wherever they are", () => {
    const image = output("a:2");
    const field = (fieldRef: object) => ({ containers: [{ image, env: [{ name: "A", valueFrom: { fieldRef } }] }] });
    const complete = { apiVersion: "v1", fieldPath: "status.podIP" };
    assert.deepEqual(withStoredDefaults(field({ fieldPath: "status.podIP" })), field(complete));
    assert.deepEqual(withStoredDefaults(field(complete)), field(complete));
    const limit = (more: object) => ({ valueFrom: { resourceFieldRef: { resource: "limits.cpu", ...more } } });
    assert.deepEqual(withStoredDefaults(limit({})), limit({ divisor: "0" }));
    assert.deepEqual(withStoredDefaults(limit({ divisor: "1m" })), limit({ divisor: "1m" }));
  });
});
