import { type AllowedCall, accountName, type Caller, callName } from "./calls";
import { type SecurityObject, securityMetadata } from "./object";

/** Where the control plane's pods are, which every sidecar gets its config and certificate from. */
export interface ControlPlane {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Port at which istiod serves config and signs certificates. */
const xdsPort = 15012;

/**
 * The same calls for the network below the mesh: it also holds for pods without a sidecar. Besides them pods reach DNS and
 * the control plane, and nothing else. Whether anything comes of it depends on the cluster's network plugin.
 *
 * Policies add up, so a user's own ones can allow more. Probes come from the node, which is always let in.
 */
export function renderNetworkPolicies(
  namespaces: readonly string[],
  calls: readonly AllowedCall[],
  { gateway, controlPlane }: { readonly gateway: Caller; readonly controlPlane: ControlPlane },
): SecurityObject[] {
  return [
    ...calls.flatMap((call) => [
      ...(namespaces.includes(call.to.namespace) ? [ingress(call)] : []),
      ...(namespaces.includes(call.from.namespace) ? [egress(call)] : []),
    ]),
    ...namespaces.filter((namespace) => namespace === gateway.namespace).map(() => open(gateway)),
    ...namespaces.map((namespace) => common(namespace, controlPlane)),
    ...namespaces.map((namespace) =>
      policy("deny", namespace, "default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    ),
  ];
}

function ingress(call: AllowedCall): SecurityObject {
  const { from, to } = call;
  return policy("allow", to.namespace, `${callName(call)}.ingress`, {
    podSelector: { matchLabels: { ...to.labels } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [peer(from)], ...ports(call) }],
  });
}

function egress(call: AllowedCall): SecurityObject {
  const { from, to } = call;
  return policy("allow", from.namespace, `${callName(call)}.egress`, {
    podSelector: { matchLabels: { ...from.labels } },
    policyTypes: ["Egress"],
    egress: [{ to: [peer(to)], ...ports(call) }],
  });
}

function common(namespace: string, controlPlane: ControlPlane): SecurityObject {
  return policy("allow", namespace, "dns-and-control-plane", {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [
      // To any address: a cache on the node answers in place of the DNS pods in some clusters.
      {
        ports: [
          { port: 53, protocol: "UDP" },
          { port: 53, protocol: "TCP" },
        ],
      },
      { to: [peer(controlPlane)], ports: [{ port: xdsPort, protocol: "TCP" }] },
    ],
  });
}

function open(gateway: Caller): SecurityObject {
  return policy("allow", gateway.namespace, `gateway.${accountName(gateway)}`, {
    podSelector: { matchLabels: { ...gateway.labels } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{}],
    egress: [{}],
  });
}

function peer({ namespace, labels }: ControlPlane): object {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels: { ...labels } },
  };
}

/** The sidecar takes requests at the port of its app. */
function ports({ to }: AllowedCall): object {
  return to.port === undefined ? {} : { ports: [{ port: to.port, protocol: "TCP" }] };
}

function policy(stage: SecurityObject["stage"], namespace: string, name: string, spec: object): SecurityObject {
  return {
    stage,
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: securityMetadata(namespace, name),
    spec: { ...spec },
  };
}
