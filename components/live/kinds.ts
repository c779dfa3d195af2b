/** A kind of object that is looked at in the cluster before a change is planned. */
export interface WatchedKind {
  /** As kubectl names it. */
  readonly resource: string;
  /**
   * Whether the API server adds nothing to it by itself, so that a field which the plan does not have was written by somebody
   * else. Istio's objects have no defaults; those of Kubernetes have many.
   */
  readonly whole: boolean;
}

const kubernetes = (resource: string): WatchedKind => ({ resource, whole: false });
const istio = (resource: string): WatchedKind => ({ resource, whole: true });

/** By kind. A Helm release is Helm's to look after; what a controller keeps in order by itself needs no second one. */
export const watchedKinds: Readonly<Record<string, WatchedKind>> = {
  Namespace: kubernetes("namespaces"),
  Service: kubernetes("services"),
  ServiceAccount: kubernetes("serviceaccounts"),
  Secret: kubernetes("secrets"),
  Deployment: kubernetes("deployments.apps"),
  HorizontalPodAutoscaler: kubernetes("horizontalpodautoscalers.autoscaling"),
  PodDisruptionBudget: kubernetes("poddisruptionbudgets.policy"),
  NetworkPolicy: kubernetes("networkpolicies.networking.k8s.io"),
  VirtualService: istio("virtualservices.networking.istio.io"),
  DestinationRule: istio("destinationrules.networking.istio.io"),
  EnvoyFilter: istio("envoyfilters.networking.istio.io"),
  Sidecar: istio("sidecars.networking.istio.io"),
  Gateway: istio("gateways.networking.istio.io"),
  AuthorizationPolicy: istio("authorizationpolicies.security.istio.io"),
  PeerAuthentication: istio("peerauthentications.security.istio.io"),
};

/** As kubectl names a kind: one that is not watched by its kind. */
export function resourceOf(kind: string): string {
  return watchedKinds[kind]?.resource ?? kind;
}

/** Kinds that a cluster without Istio does not know. */
export const istioResources: ReadonlySet<string> = new Set(
  Object.values(watchedKinds).flatMap(({ resource, whole }) => (whole ? [resource] : [])),
);

/** Whether a Pulumi type only adds to an object of somebody else. */
export function isPatch(type: string): boolean {
  return type.endsWith("Patch");
}

/**
 * The kind of a Pulumi type such as `kubernetes:networking.istio.io/v1:VirtualService`; undefined when it is not watched.
 * Gateways of the Gateway API have the same name as Istio's and are another kind.
 */
export function watchedKindOf(type: string): string | undefined {
  const [, group = "", kind = ""] = /^kubernetes:([^:]+):([A-Za-z]+?)(?:Patch)?$/.exec(type) ?? [];
  const watched = watchedKinds[kind];
  if (!watched || (watched.whole && !/^(networking|security)\.istio\.io\//.test(group))) return undefined;
  return kind;
}

/** An object that a program makes, as far as it can be looked for in the cluster. */
export interface SoughtKind {
  readonly kind: string;
  /** As kubectl names it. */
  readonly resource: string;
}

/**
 * What a Pulumi type such as `kubernetes:cert-manager.io/v1:Certificate` makes; undefined for what is no object of its own:
 * Helm's releases, lists, and what only adds to an object.
 */
export function soughtKindOf(type: string): SoughtKind | undefined {
  const [, group = "", version = "", kind = ""] = /^kubernetes:([^:/]+)\/([^:/]+):([A-Za-z]+)$/.exec(type) ?? [];
  if (kind === "" || group.startsWith("helm.sh") || /(Patch|List)$/.test(kind)) return undefined;
  const watched = watchedKindOf(type);
  if (watched !== undefined) return { kind, resource: resourceOf(watched) };
  // Groups of Kubernetes itself have no dot in Pulumi's name of them, and nothing outside watchedKinds is made of them.
  return group.includes(".") ? { kind, resource: `${kind}.${version}.${group}` } : undefined;
}
