/** Parts of a group's objects that are made together; `changeSteps` tells in which order. */
export const stages = ["subsets", "filters", "service-routes", "entry-routes"] as const;
export type Stage = (typeof stages)[number];

/** A Kubernetes object as plain data. */
export interface RenderedObject {
  readonly stage: Stage;
  readonly apiVersion: "networking.istio.io/v1" | "networking.istio.io/v1alpha3";
  readonly kind: "DestinationRule" | "VirtualService" | "EnvoyFilter";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The pods of the ingress gateway; an EnvoyFilter for them must be in their namespace. */
export interface GatewayPods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The name by which Istio knows a service everywhere in the mesh. */
export function serviceHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/**
 * Name and labels of an object of a group. Names are parts joined with dots: no part can hold one, so two objects never
 * share a name as `a-b` + `c` and `a` + `b-c` would with dashes.
 */
export function objectMetadata(
  group: { readonly name: string; readonly namespace: string },
  parts: readonly string[],
  lane?: string,
): RenderedObject["metadata"] {
  return {
    name: [group.name, ...parts].join("."),
    namespace: group.namespace,
    labels: {
      "app.kubernetes.io/managed-by": "mesh-lanes",
      "mesh-lanes/group": group.name,
      ...(lane !== undefined && { "mesh-lanes/lane": lane }),
    },
  };
}
