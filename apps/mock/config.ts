import { ownAddress } from "../shared/address";
import { readForwardHeaders } from "../shared/context";
import { type Environment, readEnv } from "../shared/env";
import { readServerConfig, type ServerConfig } from "../shared/server";

/** Who a mock is, and whom it calls. */
export interface MockConfig extends ServerConfig {
  /** What it speaks with its callers. */
  readonly protocol: "http" | "grpc";
  /** Port on which a mock of HTTP answers gRPC as well, as the same service. */
  readonly grpcPort: number | undefined;
  /**
   * Called for every request, as it is: the path of the request is not added. A mock of gRPC calls it by gRPC, one of HTTP
   * where its scheme is `grpc`; then only host and port count. None ends the chain.
   */
  readonly upstream: URL | undefined;
  readonly upstreamTimeoutMilliseconds: number;
  /**
   * Request header in which a client may name the chain to call in place of `upstream`. None by default: whoever can set it
   * sends requests from inside the mesh.
   */
  readonly callsHeader: string | undefined;
  /** Shown in the answer. */
  readonly ip: string;
  readonly forwardHeaders: readonly string[];
  /** Headers that a JSON answer shows as they came in. */
  readonly echoHeaders: readonly string[];
}

/**
 * Reads PROTOCOL (http), GRPC_PORT, SERVICE_NAME, VERSION, PORT (8000), UPSTREAM_URL, UPSTREAM_TIMEOUT_MS (5000), CALLS_HEADER, POD_IP,
 * FORWARD_HEADERS, ECHO_HEADERS, DRAIN_SECONDS, and the faults of every app.
 *
 * @throws EnvError
 */
export function readMockConfig(source: Environment): MockConfig {
  return readEnv(source, (env) => {
    const config: MockConfig = {
      ...readServerConfig(env, { service: "mock", port: 8000 }),
      protocol: env.choice("PROTOCOL", ["http", "grpc"]),
      grpcPort: env.optionalInteger("GRPC_PORT", 1, 65535),
      upstream: env.optionalUrl(
        "UPSTREAM_URL",
        ["http:", "grpc:"],
        "a URL such as http://mockb:8000 or grpc://mockb:9000",
      ),
      upstreamTimeoutMilliseconds: env.integer("UPSTREAM_TIMEOUT_MS", 5000, 1, 600000),
      callsHeader: env.optionalHeaderName("CALLS_HEADER"),
      ip: env.text("POD_IP", ownAddress()),
      forwardHeaders: readForwardHeaders(env),
      echoHeaders: [...new Set(["baggage", ...env.headerNames("ECHO_HEADERS", "")])],
    };
    if (config.protocol === "grpc" || config.grpcPort !== undefined || config.upstream?.protocol === "grpc:") {
      env.requireMetadata("FORWARD_HEADERS", config.forwardHeaders);
      env.requireMetadata("CALLS_HEADER", config.callsHeader === undefined ? [] : [config.callsHeader]);
    }
    return config;
  });
}
