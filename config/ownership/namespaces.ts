import type { Sections } from "../stack";

/** Whether the stack makes its cluster, and with it all namespaces. */
export function isOwnCluster({ cluster }: Pick<Sections, "cluster">): boolean {
  if (cluster.kind === "existing") return false;
  return cluster.kind !== "ack" || !("id" in cluster.source);
}

/** Whether a namespace is left as it is. `default` is there on every cluster, and is nobody's but the cluster's. */
export function isLeftAlone(
  config: Pick<Sections, "cluster" | "adopt" | "existingNamespaces">,
  namespace: string,
): boolean {
  if (config.existingNamespaces.includes(namespace)) return true;
  return namespace === "default" && !isOwnCluster(config) && !config.adopt.includes("Namespace default");
}

/** Namespaces that the stack runs workloads in. */
export function workloadNamespaces({ workloads }: Pick<Sections, "workloads">): string[] {
  return [...new Set(workloads.map(({ namespace }) => namespace))];
}

/** Namespaces of its gateway's pods and listeners. That of an existing gateway is whoever's who runs it. */
export function gatewayNamespaces({ gateway, gateways }: Pick<Sections, "gateway" | "gateways">): string[] {
  const listeners = gateway.existing ? gateways : [gateway, ...gateways];
  return [...new Set(listeners.map(({ namespace }) => namespace))];
}
