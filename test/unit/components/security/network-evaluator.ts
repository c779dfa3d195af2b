import type { SecurityObject } from "../../../../components/security/object";

/** One end of a connection. */
export interface Pod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number; readonly protocol: string }[];
}

interface Peer {
  readonly namespaceSelector?: Selector;
  readonly podSelector?: Selector;
}

interface PolicySpec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly ("Ingress" | "Egress")[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/**
 * Whether the policies let a TCP or UDP connection through, as Kubernetes has it: a pod that no policy of a direction
 * selects is open in that direction, one that is selected takes what any of them allows. Both ends must agree.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function connects(
  policies: readonly SecurityObject[],
  from: Pod,
  to: Pod,
  port: number,
  protocol: "TCP" | "UDP" = "TCP",
): boolean {
  return passes(policies, "Egress", from, to, port, protocol) && passes(policies, "Ingress", to, from, port, protocol);
}

function passes(
  policies: readonly SecurityObject[],
  direction: "Ingress" | "Egress",
  subject: Pod,
  other: Pod,
  port: number,
  protocol: string,
): boolean {
  const selecting = policies
    .filter(({ metadata }) => metadata.namespace === subject.namespace)
    .map(({ spec }) => spec as unknown as PolicySpec)
    .filter((spec) => spec.policyTypes.includes(direction) && selects(spec.podSelector, subject.labels));
  if (selecting.length === 0) return true;
  return selecting
    .flatMap((spec) => (direction === "Ingress" ? (spec.ingress ?? []) : (spec.egress ?? [])))
    .some((rule) => {
      const peers = direction === "Ingress" ? rule.from : rule.to;
      return (
        (peers === undefined || peers.some((peer) => isPeer(peer, other))) &&
        (rule.ports === undefined || rule.ports.some((each) => each.port === port && each.protocol === protocol))
      );
    });
}

function isPeer({ namespaceSelector, podSelector }: Peer, pod: Pod): boolean {
  const namespace = { "kubernetes.io/metadata.name": pod.namespace };
  return selects(namespaceSelector ?? {}, namespace) && selects(podSelector ?? {}, pod.labels);
}

function selects({ matchLabels = {} }: Selector, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
