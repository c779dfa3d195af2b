import assert from "node:assert/strict";
import { renderAuthorization, renderPeerAuthentication } from "../../../../components/security/mesh-policies";

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
