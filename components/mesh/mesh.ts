import type * as pulumi from "@pulumi/pulumi";

/** By what the pods of a namespace get their sidecars. */
export interface Injection {
  /** Label of the namespace. */
  readonly label: Readonly<Record<string, string>>;
  /** Annotations for its pods: see `podAnnotations` of `Mesh`. @default none: pods keep their proxies */
  readonly podAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** What each kind of mesh gives to the rest of a program. */
export interface Mesh extends pulumi.ComponentResource {
  /** Which mesh it is: lane groups are written for one of them. */
  readonly kind: "istio" | "asm";
  /**
   * The API server that the mesh's own objects go to: routes, gateways, and the namespaces that they are in. That of a
   * managed mesh is its own; upstream it is the cluster's. Workloads and secrets always go to the cluster.
   */
  readonly provider: pulumi.ProviderResource;
  /** Label of a namespace whose pods get sidecars of this mesh. */
  readonly injectionLabel: Readonly<Record<string, string>>;
  /**
   * Annotations for the pods of Deployments that get sidecars: where they change, the pods are made again, with the proxy of
   * the control plane that there is then. @default none: pods keep their proxies
   */
  readonly podAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * What takes the place of `injectionLabel` and `podAnnotations` in a namespace that is on a control plane of before.
   * @returns undefined for all other namespaces.
   * @default all namespaces are the same
   */
  previousInjection?(namespace: string): Injection | undefined;
  /** The control plane, or each of two, is ready and its webhooks answer. Pods and the mesh's objects depend on this. */
  readonly controlPlane: pulumi.Resource;
}

/**
 * By what the pods of a namespace get their sidecars: `injectionLabel` and `podAnnotations` of the mesh, unless the namespace is one
 * that stays on a control plane of before (`previous` of `IstioMesh`).
 *
 * @example laneNamespace("shop", "shop", injectionOf(mesh, "shop").label, { provider, dependsOn: [mesh] });
 */
export function injectionOf(mesh: Mesh, namespace: string): Injection {
  const { injectionLabel: label, podAnnotations } = mesh;
  return mesh.previousInjection?.(namespace) ?? { label, ...(podAnnotations !== undefined && { podAnnotations }) };
}
