import type { Resource } from "@pulumi/pulumi";
import type { Cluster, Gateway, Mesh } from "../../library";

/** What a stack runs on: a cluster, a mesh, and the way to the mesh's gateway. */
export interface Platform {
  /** Kind of the cluster. */
  readonly kind: string;
  readonly cluster: Cluster;
  readonly mesh: Mesh;
  /** Makes the gateway, after what it needs: the mesh, the namespaces of its listeners, its TLS secrets. */
  createGateway(dependsOn: Resource[]): Gateway;
  /** Seconds for each step of a change, where the mesh cannot tell what its proxies have. */
  readonly settleSeconds?: number;
}
