import type { WebSocket } from "ws";
import type { Log } from "../shared/log";
import { sendJson } from "../shared/respond";
import { AppServer } from "../shared/server";
import { WebSockets } from "../shared/web-sockets";
import type { EchoConfig } from "./config";

/** Unsent bytes at which no more is read from a peer that does not read its echoes. */
const backlogBytes = 1024 * 1024;

/** Starts an echo: each message of a WebSocket on any path comes back as it is, text as text and binary as binary. */
export async function startEcho(config: EchoConfig, log: Log, host?: string): Promise<AppServer> {
  const app = await AppServer.start({
    ...config,
    log,
    host,
    handler: (_request, response) => {
      response.setHeader("upgrade", "websocket");
      sendJson(response, 426, { error: "this is a WebSocket server" });
    },
  });
  const { heartbeatSeconds } = config;
  new WebSockets(app, { heartbeatSeconds, maxMessageBytes: 1024 * 1024, log, onConnection: echo });
  return app;
}

function echo(socket: WebSocket): void {
  socket.on("message", (data, isBinary) => {
    socket.send(data, { binary: isBinary }, () => {
      if (socket.isPaused && socket.bufferedAmount < backlogBytes) socket.resume();
    });
    if (socket.bufferedAmount >= backlogBytes) socket.pause();
  });
}
