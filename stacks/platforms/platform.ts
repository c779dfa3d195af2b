import type { Resource } from "@pulumi/pulumi";
import type { StackConfig } from "../../config/stack";
import type { Cluster, Gateway, Mesh } from "../../library";
import type { StackEnvironment } from "../environment";
import { istioPlatform } from "./istio";
import { createCluster } from "./stack-cluster";

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

/** The platform that the config names. Modules of a platform that it does not name are not loaded. */
export async function createPlatform(config: StackConfig, environment: StackEnvironment): Promise<Platform> {
  const { mesh } = config;
  const on = await createCluster(config, environment);
  switch (mesh.kind) {
    case "istio":
      return istioPlatform(on, mesh, config, environment);
    case "asm": {
      const { asmPlatform } = await import("./asm");
      return asmPlatform(on, mesh, config, environment);
    }
    default:
      return mesh satisfies never;
  }
}
