import { type Environment, readEnv } from "../shared/env";
import { readServerConfig, type ServerConfig } from "../shared/server";
import { readHeartbeat } from "../shared/web-sockets";

export interface EchoConfig extends ServerConfig {
  readonly heartbeatSeconds: number;
}

/**
 * Reads SERVICE_NAME, VERSION, PORT (8080), HEARTBEAT_SECONDS, DRAIN_SECONDS, and the faults of every app.
 *
 * @throws EnvError
 */
export function readEchoConfig(source: Environment): EchoConfig {
  return readEnv(source, (env) => ({
    ...readServerConfig(env, { service: "ws-echo", port: 8080 }),
    heartbeatSeconds: readHeartbeat(env),
  }));
}
