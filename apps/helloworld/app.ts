import type { Log } from "../shared/log";
import { sendJson, sendText } from "../shared/respond";
import { AppServer, pathOf } from "../shared/server";
import type { HelloworldConfig } from "./config";

/** Starts a helloworld: `/hello` answers `Hello version: v1, instance: <name>`. */
export function startHelloworld(config: HelloworldConfig, log: Log, host?: string): Promise<AppServer> {
  const greeting = `Hello version: ${config.version}, instance: ${config.instance}`;
  return AppServer.start({
    ...config,
    log,
    host,
    handler: (request, response) => {
      if (pathOf(request) === "/hello") sendText(response, 200, greeting);
      else sendJson(response, 404, { error: "not found: try /hello" });
    },
  });
}
