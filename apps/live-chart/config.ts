import { hostname } from "node:os";
import { type Environment, readEnv } from "../shared/env";
import { readServerConfig, type ServerConfig } from "../shared/server";
import { readHeartbeat } from "../shared/web-sockets";

export interface ChartConfig extends ServerConfig {
  readonly heartbeatSeconds: number;
  /** Shown at the foot of the page. @default the host's name, which in a pod is the pod's */
  readonly instance: string;
}

/**
 * Reads SERVICE_NAME, VERSION, PORT (8888), INSTANCE, HEARTBEAT_SECONDS, DRAIN_SECONDS, and the faults of every app.
 *
 * @throws EnvError
 */
export function readChartConfig(source: Environment): ChartConfig {
  return readEnv(source, (env) => ({
    ...readServerConfig(env, { service: "live-chart", port: 8888 }),
    heartbeatSeconds: readHeartbeat(env),
    instance: env.text("INSTANCE", hostname()),
  }));
}
