import type { Log } from "../shared/log";
import { sendJson } from "../shared/respond";
import { AppServer, type ServerConfig } from "../shared/server";

/** Waits for `kubectl exec`: a pod like any other, which answers Kubernetes' probes and nothing else. */
export function startIdle(config: ServerConfig, log: Log, host?: string): Promise<AppServer> {
  return AppServer.start({
    ...config,
    log,
    host,
    handler: (_request, response) => sendJson(response, 404, { error: "not found: this is a client" }),
  });
}
