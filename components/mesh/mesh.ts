import type * as pulumi from "@pulumi/pulumi";

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
  /** The control plane is ready and its webhooks answer. Pods and the mesh's objects depend on this. */
  readonly controlPlane: pulumi.Resource;
}
