import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { EnvReader } from "./env";
import type { Log } from "./log";
import { type AppServer, type OpenSockets, pathOf } from "./server";

export interface WebSocketOptions {
  /** The one path that takes WebSockets. @default every path */
  readonly path?: string;
  /** Seconds between pings; 0 sends none. A peer that left one unanswered is cut. */
  readonly heartbeatSeconds: number;
  /** The longest message taken; a longer one closes the socket with 1009. */
  readonly maxMessageBytes: number;
  readonly log: Log;
  readonly onConnection: (socket: WebSocket, request: IncomingMessage) => void;
}

/** A reader this far behind is cut rather than served from memory. */
const maxBacklogBytes = 1024 * 1024;

/** Reads HEARTBEAT_SECONDS. @default 30; 0 is off */
export function readHeartbeat(env: EnvReader): number {
  return env.integer("HEARTBEAT_SECONDS", 30, 0, 86400);
}

/** The WebSockets of an {@link AppServer}; it ends them when it stops. */
export class WebSockets implements OpenSockets {
  private readonly server: WebSocketServer;
  private readonly alive = new WeakSet<WebSocket>();

  public constructor(
    private readonly app: AppServer,
    private readonly options: WebSocketOptions,
  ) {
    this.server = new WebSocketServer({ noServer: true, maxPayload: options.maxMessageBytes });
    // A socket stays where its handshake went, so this tells the version of all that is sent through it.
    this.server.on("headers", (lines) => lines.push(`x-served-by: ${app.servedBy}`));
    app.http.on("upgrade", (request, stream, head) => void this.upgrade(request, stream, head));
    app.own(this);
    if (options.heartbeatSeconds > 0) {
      const timer = setInterval(() => this.beat(), options.heartbeatSeconds * 1000);
      app.http.once("close", () => clearInterval(timer));
    }
  }

  /** How many are open. */
  public get count(): number {
    return this.server.clients.size;
  }

  /** Sends one text to all. */
  public broadcast(text: string): void {
    for (const socket of this.server.clients) {
      if (socket.bufferedAmount > maxBacklogBytes) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.send(text);
    }
  }

  public closeAll(): void {
    for (const socket of this.server.clients) socket.close(1001, "going away");
  }

  public terminateAll(): void {
    for (const socket of this.server.clients) socket.terminate();
  }

  private async upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    stream.on("error", () => stream.destroy());
    const path = pathOf(request);
    if ((await this.app.meetsFault()) || this.app.draining) refuse(stream, "503 Service Unavailable");
    else if (this.options.path !== undefined && path !== this.options.path) refuse(stream, "404 Not Found");
    else this.server.handleUpgrade(request, stream, head, (socket) => this.open(socket, path, request));
  }

  private open(socket: WebSocket, path: string, request: IncomingMessage): void {
    const startedAt = performance.now();
    this.alive.add(socket);
    socket.on("pong", () => this.alive.add(socket));
    // The close event that follows every error is the one that is logged.
    socket.on("error", () => {});
    socket.on("close", (code) =>
      this.options.log({ kind: "socket", path, code, ms: Math.round(performance.now() - startedAt) }),
    );
    this.options.onConnection(socket, request);
  }

  private beat(): void {
    for (const socket of this.server.clients) {
      if (!this.alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
