import { setTimeout } from "node:timers/promises";
import type { Resource } from "@pulumi/pulumi";
import type { StackConfig } from "../../config/stack";
import type { StackEnvironment } from "../environment";
import { istioPlatform } from "./istio";
import type { Platform } from "./platform";
import { createCluster } from "./stack-cluster";

/** Until the requests of what is in a component have left, once it is known. */
const sendingMs = 5;

/** The platform that the config names. Modules of a platform that it does not name are not loaded. */
export async function createPlatform(config: StackConfig, environment: StackEnvironment): Promise<Platform> {
  const { mesh } = config;
  const on = await createCluster(config, environment);
  await underWay(on.cluster);
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

/**
 * Lets the cluster's providers be asked for before all the rest is worked out, which takes as long as they need to start: nothing
 * is sent while this thread is at work.
 */
async function underWay(cluster: Resource): Promise<void> {
  await new Promise((resolve) => cluster.urn.apply(resolve));
  await setTimeout(sendingMs);
}
