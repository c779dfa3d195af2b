import { readForwardHeaders } from "../shared/context";
import { type Environment, readEnv } from "../shared/env";
import { readServerConfig, type ServerConfig } from "../shared/server";
import { readHeartbeat } from "../shared/web-sockets";

export interface WskConfig extends ServerConfig {
  readonly helloworld: URL;
  readonly helloworldTimeoutMilliseconds: number;
  readonly forwardHeaders: readonly string[];
  /** How long a client may take to acknowledge a `hello`. */
  readonly ackTimeoutMilliseconds: number;
  /** Shortest time between two `okok` broadcasts, so that many clients do not cause as many broadcasts to as many. */
  readonly broadcastMilliseconds: number;
  /** Seconds between pings; 0 leaves it to the clients. */
  readonly heartbeatSeconds: number;
}

/**
 * Reads SERVICE_NAME, VERSION, PORT (5000), HELLOWORLD_URL (http://helloworld:5000/hello), HELLOWORLD_TIMEOUT_MS (5000),
 * FORWARD_HEADERS, ACK_TIMEOUT_MS (5000), BROADCAST_MS (1000), HEARTBEAT_SECONDS, DRAIN_SECONDS, and the faults of every app.
 *
 * @throws EnvError
 */
export function readWskConfig(source: Environment): WskConfig {
  return readEnv(source, (env) => ({
    ...readServerConfig(env, { service: "wsk", port: 5000 }),
    helloworld: env.httpUrl("HELLOWORLD_URL", "http://helloworld:5000/hello"),
    helloworldTimeoutMilliseconds: env.integer("HELLOWORLD_TIMEOUT_MS", 5000, 1, 600000),
    forwardHeaders: readForwardHeaders(env),
    ackTimeoutMilliseconds: env.integer("ACK_TIMEOUT_MS", 5000, 1, 600000),
    broadcastMilliseconds: env.integer("BROADCAST_MS", 1000, 1, 600000),
    heartbeatSeconds: readHeartbeat(env),
  }));
}
