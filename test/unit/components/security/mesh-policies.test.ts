import assert from "node:assert/strict";
import { renderAuthorization, renderPeerAuthentication } from "../../../../components/security/mesh-policies";
import { renderNetworkPolicies } from "../../../../components/security/network-policies";

const labels = { "app.kubernetes.io/managed-by": "mesh-lanes", "mesh-lanes/group": "mesh-lanes.security" };
const gateway = {
  namespace: "istio-system",
  account: "istio-ingressgateway",
  labels: { istio: "ingressgateway" },
};
const call = {
  from: { namespace: "web", account: "front", labels: { app: "front" } },
  to: { namespace: "data", service: "back", labels: { app: "back" }, port: 9090 },
};
const istio = { apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" } as const;

describe("renderPeerAuthentication", () => {
  it("is one for each whole namespace", () => {
    assert.deepEqual(renderPeerAuthentication([{ namespace: "web" }], "strict"), [
      {
        stage: "deny",
        apiVersion: "security.istio.io/v1",
        kind: "PeerAuthentication",
        metadata: { name: "default", namespace: "web", labels },
        spec: { mtls: { mode: "STRICT" } },
      },
    ]);
  });
  it("can be permissive", () => {
    assert.deepEqual(renderPeerAuthentication([{ namespace: "web" }], "permissive")[0]?.spec, {
      mtls: { mode: "PERMISSIVE" },
    });
  });
});

describe("renderAuthorization", () => {
  it("allows a call by the caller's account, and denies the rest of each namespace", () => {
    assert.deepEqual(renderAuthorization([{ namespace: "data" }, { namespace: "web" }], [call], gateway), [
      {
        ...{ ...istio, stage: "allow" },
        metadata: { name: "data.back.from.web.front", namespace: "data", labels },
        spec: {
          selector: { matchLabels: { app: "back" } },
          action: "ALLOW",
          rules: [{ from: [{ source: { principals: ["cluster.local/ns/web/sa/front"] } }] }],
        },
      },
      { ...istio, stage: "deny", metadata: { name: "default-deny", namespace: "data", labels }, spec: {} },
      { ...istio, stage: "deny", metadata: { name: "default-deny", namespace: "web", labels }, spec: {} },
    ]);
  });

  it("writes nothing into a namespace that is not secured: one allow rule there would deny the rest", () => {
    assert.deepEqual(
      renderAuthorization([{ namespace: "web" }], [call], gateway).map(
        ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
      ),
      ["web/default-deny"],
    );
  });

  it("lets requests from outside reach a gateway whose pods are in a secured namespace", () => {
    const pods = { ...gateway, namespace: "web" };
    assert.deepEqual(renderAuthorization([{ namespace: "web" }], [], pods)[0], {
      ...{ ...istio, stage: "allow" },
      metadata: { name: "gateway.istio-ingressgateway", namespace: "web", labels },
      spec: { selector: { matchLabels: { istio: "ingressgateway" } }, action: "ALLOW", rules: [{}] },
    });
  });
});

describe("in a namespace of others", () => {
  const secured = [{ namespace: "data", pods: { service: "back", labels: { app: "back" } } }];
  const theirs = { ...call, to: { namespace: "data", service: "theirs", labels: { app: "theirs" } } };

  it("every policy selects the pods of the stack, and none is for those of others", () => {
    const policies = [
      ...renderPeerAuthentication(secured, "strict"),
      ...renderAuthorization(secured, [call, theirs], { ...gateway, namespace: "data" }),
    ];
    assert.deepEqual(
      policies.map(({ kind, metadata, spec }) => [kind, metadata.name, spec.selector]),
      [
        ["PeerAuthentication", "default.back", { matchLabels: { app: "back" } }],
        ["AuthorizationPolicy", "data.back.from.web.front", { matchLabels: { app: "back" } }],
        ["AuthorizationPolicy", "default-deny.back", { matchLabels: { app: "back" } }],
      ],
    );
  });

  it("so does every network policy", () => {
    const controlPlane = { namespace: "istio-system", labels: { app: "istiod" } };
    const from = { ...call, from: { namespace: "data", account: "theirs", labels: { app: "theirs" } } };
    const policies = renderNetworkPolicies(secured, [call, theirs, from], {
      gateway: { ...gateway, namespace: "data" },
      controlPlane,
    });
    assert.ok(policies.length >= 4);
    for (const { metadata, spec } of policies)
      assert.deepEqual(spec.podSelector, { matchLabels: { app: "back" } }, metadata.name);
  });
});
