import { type AllowedCall, accountName, type Caller, callName } from "./calls";
import { isSecured, policyName, type Secured, type SecurityObject, securityMetadata } from "./object";

/**
 * mTLS for every pod of these. With `strict` a request without a certificate of the mesh does not reach an
 * app; with `permissive` it does, unless an authorization policy asks who sent it.
 */
export function renderPeerAuthentication(secured: readonly Secured[], mode: "strict" | "permissive"): SecurityObject[] {
  return secured.map((each) => ({
    stage: "deny",
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    // The name that Istio's documents give to the one of a whole namespace.
    metadata: securityMetadata(each.namespace, policyName("default", each)),
    spec: { ...selectorOf(each), mtls: { mode: mode.toUpperCase() } },
  }));
}

/** None for a whole namespace. */
function selectorOf({ pods }: Secured): object {
  return pods ? { selector: { matchLabels: { ...pods.labels } } } : {};
}

/**
 * None of these may be called but by the calls.
 *
 * Each call is an object of its own: policies that allow add up, so that a new one is a create, which comes before the
 * routes, and one that is gone is a delete, which comes after them. One policy a service would lose a caller by an update,
 * while routes still lead there.
 *
 * A policy changes the listeners of the called pods, which closes their WebSockets after the drain time; see istio#51655.
 * So it depends on services and never on lanes.
 */
export function renderAuthorization(
  secured: readonly Secured[],
  calls: readonly AllowedCall[],
  gateway: Caller,
): SecurityObject[] {
  return [
    ...calls.filter(({ to }) => isSecured(secured, to)).map(allowCall),
    ...secured
      .filter(({ namespace, pods }) => !pods && namespace === gateway.namespace)
      .map(() => allowAnyone(gateway)),
    ...secured.map(
      (each): SecurityObject => ({
        stage: "deny",
        apiVersion: "security.istio.io/v1",
        kind: "AuthorizationPolicy",
        metadata: securityMetadata(each.namespace, policyName("default-deny", each)),
        // Without a rule nothing is allowed: https://istio.io/latest/docs/concepts/security/#allow-nothing-deny-all-and-allow-all-policy
        spec: { ...selectorOf(each) },
      }),
    ),
  ];
}

function allowCall(call: AllowedCall): SecurityObject {
  const { from, to } = call;
  return {
    stage: "allow",
    apiVersion: "security.istio.io/v1",
    kind: "AuthorizationPolicy",
    metadata: securityMetadata(to.namespace, callName(call)),
    spec: {
      selector: { matchLabels: { ...to.labels } },
      action: "ALLOW",
      // `cluster.local` stands for the trust domain of the mesh, whatever it is called.
      rules: [{ from: [{ source: { principals: [`cluster.local/ns/${from.namespace}/sa/${from.account}`] } }] }],
    },
  };
}

/** Requests from outside have no certificate of the mesh. What they may reach is for the gateway's own routes to say. */
function allowAnyone(gateway: Caller): SecurityObject {
  return {
    stage: "allow",
    apiVersion: "security.istio.io/v1",
    kind: "AuthorizationPolicy",
    metadata: securityMetadata(gateway.namespace, `gateway.${accountName(gateway)}`),
    spec: { selector: { matchLabels: { ...gateway.labels } }, action: "ALLOW", rules: [{}] },
  };
}
