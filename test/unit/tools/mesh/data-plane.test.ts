import assert from "node:assert/strict";
import { pollDataPlane } from "../../../../tools/mesh/data-plane";
import { injects, type MutatingWebhook, selects } from "../../../../tools/mesh/sidecar-injector";
import { silentReporter } from "../../../../tools/report/reporter";

const labels = { "istio-injection": "enabled" };
const pods = [{ operations: ["CREATE"], resources: ["pods"] }];
/** As Istio's own chart has it: https://github.com/istio/istio, manifests/charts/istio-control/istio-discovery. */
const injector: MutatingWebhook = {
  name: "namespace.sidecar-injector.istio.io",
  rules: pods,
  namespaceSelector: { matchExpressions: [{ key: "istio-injection", operator: "In", values: ["enabled"] }] },
  objectSelector: { matchExpressions: [{ key: "sidecar.istio.io/inject", operator: "NotIn", values: ["false"] }] },
};
const pace = { withinMs: 500, everyMs: 1 };

describe("a sidecar injector", () => {
  for (const [title, webhook, expected] of [
    ["of Istio", injector, true],
    ["for all namespaces", { name: "inject.asm", rules: pods }, true],
    ["for namespaces of another label", { ...injector, namespaceSelector: { matchLabels: { asm: "1" } } }, false],
    ["for pods that ask for it", { ...injector, objectSelector: { matchLabels: { inject: "true" } } }, false],
    ["for Services", { ...injector, rules: [{ operations: ["CREATE"], resources: ["services"] }] }, false],
    ["that is none: another webhook for all pods", { name: "quota.example.com", rules: pods }, false],
  ] as const) {
    it(title, () => assert.equal(injects(webhook, labels), expected));
  }

  it("selects namespaces as Kubernetes does", () => {
    const only = (operator: "In" | "NotIn" | "Exists" | "DoesNotExist") =>
      selects({ matchExpressions: [{ key: "a", operator, values: ["1"] }] }, { b: "1" });
    assert.deepEqual([only("In"), only("NotIn"), only("Exists"), only("DoesNotExist")], [false, true, false, true]);
  });
});

describe("the wait for a data plane", () => {
  it("ends when namespace, injector and a node are there, in whatever order they come", async () => {
    const namespace = ["", "", "namespace/istio-system"];
    const nodes = ["", "True", "True"];
    const webhooks: MutatingWebhook[][] = [[], [], [], [injector]];
    const asked: string[] = [];
    await pollDataPlane(
      async (_get, kind = "") => {
        asked.push(kind);
        if (kind === "namespace") return namespace.length > 1 ? (namespace.shift() ?? "") : (namespace[0] ?? "");
        if (kind === "nodes") return nodes.length > 1 ? (nodes.shift() ?? "") : (nodes[0] ?? "");
        const next = webhooks.length > 1 ? webhooks.shift() : webhooks[0];
        return JSON.stringify({ items: [{ webhooks: next }, {}] });
      },
      labels,
      silentReporter,
      pace,
    );
    assert.equal(asked.filter((kind) => kind === "namespace").length, 4);
  });

  it("fails with what is missing", async () => {
    const kubectl = async (_get: string, kind = "") => (kind.startsWith("mutating") ? '{"items":[]}' : "");
    await assert.rejects(
      pollDataPlane(kubectl, labels, silentReporter, { withinMs: 0, everyMs: 1 }),
      /a node that is Ready, namespace istio-system, a webhook that puts sidecars/,
    );
  });

  it("goes on while the cluster does not answer, and says so at last", async () => {
    const kubectl = async () => Promise.reject(new Error("connection refused"));
    await assert.rejects(
      pollDataPlane(kubectl, labels, silentReporter, { withinMs: 5, everyMs: 1 }),
      /connection refused/,
    );
  });
});
