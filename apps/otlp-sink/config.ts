import { type Environment, readEnv } from "../shared/env";
import { readServerConfig, type ServerConfig } from "../shared/server";

/**
 * Reads SERVICE_NAME, VERSION, PORT (4318, that of OTLP over HTTP), DRAIN_SECONDS, and the faults of every app.
 *
 * @throws EnvError
 */
export function readSinkConfig(source: Environment): ServerConfig {
  return readEnv(source, (env) => readServerConfig(env, { service: "otlp-sink", port: 4318 }));
}
