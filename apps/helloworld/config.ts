import { hostname } from "node:os";
import { type Environment, readEnv } from "../shared/env";
import { readServerConfig, type ServerConfig } from "../shared/server";

export interface HelloworldConfig extends ServerConfig {
  /** Named in the answer. @default the host's name, which in a pod is the pod's */
  readonly instance: string;
}

/**
 * Reads SERVICE_NAME, VERSION, PORT (5000), INSTANCE, DRAIN_SECONDS, and the faults of every app.
 *
 * @throws EnvError
 */
export function readHelloworldConfig(source: Environment): HelloworldConfig {
  return readEnv(source, (env) => ({
    ...readServerConfig(env, { service: "helloworld", port: 5000 }),
    instance: env.text("INSTANCE", hostname()),
  }));
}
