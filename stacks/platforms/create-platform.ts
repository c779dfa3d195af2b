import type { StackConfig } from "../../config/stack";
import type { StackEnvironment } from "../environment";
import { istioPlatform } from "./istio";
import type { Platform } from "./platform";
import { createCluster } from "./stack-cluster";

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
