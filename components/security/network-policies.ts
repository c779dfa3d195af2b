import { type AllowedCall, accountName, type Caller, callName } from "./calls";
import { isSecured, policyName, type Secured, type SecurityObject, securityMetadata } from "./object";

/** Where the control plane's pods are, which every sidecar gets its config and certificate from. */
export interface ControlPlane {
  /** Namespace of the control plane's pods. */
  readonly namespace: string;
  /** Labels of these pods. */
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
  secured: readonly Secured[],
  calls: readonly AllowedCall[],
  { gateway, controlPlane }: { readonly gateway: Caller; readonly controlPlane: ControlPlane },
): SecurityObject[] {
  return [
    ...calls.flatMap((call) => [
      ...(isSecured(secured, call.to) ? [ingress(call)] : []),
      ...(isSecured(secured, { namespace: call.from.namespace, service: call.from.account }) ? [egress(call)] : []),
    ]),
    ...secured.filter(({ namespace, pods }) => !pods && namespace === gateway.namespace).map(() => open(gateway)),
    ...secured.map((each) => common(each, controlPlane)),
    ...secured.map((each) =>
      policy("deny", each.namespace, policyName("default-deny", each), {
        podSelector: selectorOf(each),
        policyTypes: ["Ingress", "Egress"],
      }),
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

/** An empty one is every pod of the namespace. */
function selectorOf({ pods }: Secured): object {
  return pods ? { matchLabels: { ...pods.labels } } : {};
}

function common(secured: Secured, controlPlane: ControlPlane): SecurityObject {
  return policy("allow", secured.namespace, policyName("dns-and-control-plane", secured), {
    podSelector: selectorOf(secured),
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
  if (to.port === undefined) return {};
  return { ports: [to.port, ...(to.ports ?? [])].map((port) => ({ port, protocol: "TCP" })) };
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
