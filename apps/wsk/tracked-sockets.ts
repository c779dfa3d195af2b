import { Server } from "socket.io";
import { WebSocketServer, type ServerOptions as WebSocketServerOptions } from "ws";
import type { AppServer, OpenSockets } from "../shared/server";
import type { WskServer } from "./events";

/** Seconds until a socket.io client that answers no ping is given up, where pings are off: 24 days, the longest timer. */
const neverMilliseconds = 2 ** 31 - 1;

/**
 * Attaches socket.io to a server, and ends its sockets when that one stops.
 *
 * @param heartbeatSeconds between pings; 0 sends none.
 */
export function attachSocketIo(app: AppServer, heartbeatSeconds: number): WskServer {
  const webSockets: WebSocketServer[] = [];
  // socket.io's own close says "server disconnect", after which its client does not come back, and gives no close code.
  // So its WebSockets are kept at hand, to be closed with 1001, after which the client connects to another pod.
  class TrackedWebSocketServer extends WebSocketServer {
    public constructor(options: WebSocketServerOptions) {
      super({ ...options, clientTracking: true });
      webSockets.push(this);
    }
  }
  const io: WskServer = new Server(app.http, {
    serveClient: false,
    wsEngine: TrackedWebSocketServer,
    maxHttpBufferSize: 16 * 1024,
    pingInterval: heartbeatSeconds > 0 ? heartbeatSeconds * 1000 : neverMilliseconds,
  });
  const sockets: OpenSockets = {
    closeAll() {
      for (const server of webSockets) for (const socket of server.clients) socket.close(1001, "going away");
      // What is left are clients that poll.
      io.engine.close();
    },
    terminateAll() {
      for (const server of webSockets) for (const socket of server.clients) socket.terminate();
    },
  };
  app.own(sockets);
  return io;
}
