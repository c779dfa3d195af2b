import { HttpClient } from "../shared/client";
import { type LaneContext, laneOf, noLane } from "../shared/context";
import { errorName, type Log } from "../shared/log";
import { sendJson } from "../shared/respond";
import { AppServer } from "../shared/server";
import type { WskConfig } from "./config";
import type { WskSocket } from "./events";
import { Paced } from "./paced";
import { attachSocketIo } from "./tracked-sockets";

const maxClientIdLength = 128;

/**
 * Starts a wsk: for each `test000` of a client it asks helloworld in that client's lane, and answers with the event
 * `hello` and with the acknowledgement, if the client wants one. After messages it also sends `okok` to all clients,
 * asked for in no lane. An answer that cannot be had reads `error(<status or code>)`.
 */
export async function startWsk(config: WskConfig, log: Log, host?: string): Promise<AppServer> {
  const app = await AppServer.start({
    ...config,
    log,
    host,
    handler: (_request, response) => sendJson(response, 404, { error: "not found: this is a socket.io server" }),
  });
  const helloworld = new HttpClient(config.helloworld, config.helloworldTimeoutMilliseconds, log);
  const io = attachSocketIo(app, config.heartbeatSeconds);
  const okok = new Paced(
    config.broadcastMilliseconds,
    async () => void io.emit("okok", await greet(helloworld, noLane)),
    (error) => log({ kind: "event", event: "broadcast failed", detail: errorName(error) }),
  );
  app.http.once("close", () => {
    okok.stop();
    helloworld.close();
  });
  io.on("connection", (socket) => {
    const lane = laneOf(socket.request, config.forwardHeaders);
    socket.on("test000", (clientId, ack) => {
      reply(socket, helloworld, lane, clientId, ack, config).catch((error) =>
        log({ kind: "event", event: "client did not acknowledge hello", detail: errorName(error) }),
      );
      okok.call();
    });
  });
  return app;
}

async function reply(
  socket: WskSocket,
  helloworld: HttpClient,
  lane: LaneContext,
  clientId: unknown,
  ack: unknown,
  { ackTimeoutMilliseconds }: WskConfig,
): Promise<void> {
  const message = isClientId(clientId) ? await greet(helloworld, lane) : "error(bad client id)";
  if (typeof ack === "function") ack(message);
  if (socket.connected) await socket.timeout(ackTimeoutMilliseconds).emitWithAck("hello", message);
}

async function greet(helloworld: HttpClient, lane: LaneContext): Promise<string> {
  try {
    const { status, body } = await helloworld.get(lane);
    return status === 200 ? body : `error(${status})`;
  } catch (error) {
    return `error(${errorName(error)})`;
  }
}

function isClientId(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= maxClientIdLength;
}
