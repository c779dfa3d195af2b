import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { EnvReader } from "./env";
import { type Faults, failsOnPurpose, meetsFault, readFaults } from "./faults";
import { errorName, type Log } from "./log";
import { sendJson, sendText } from "./respond";

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What every app's server is told by its environment. */
export interface ServerConfig {
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Seconds that open sockets may go on after a SIGTERM. */
  readonly drainSeconds: number;
  readonly service: string;
  readonly version: string;
  readonly faults: Faults;
}

export interface ServerOptions extends ServerConfig {
  readonly handler: RequestHandler;
  readonly log: Log;
  /** @default every address of the machine */
  readonly host?: string;
}

/** Sockets that outlive their HTTP request, and so must be ended when the server stops. */
export interface OpenSockets {
  /** Ends each with a closing handshake, code 1001 (going away). */
  closeAll(): void;
  /** Cuts what is still open. */
  terminateAll(): void;
}

/**
 * How long a connection may be idle, before its first request and between two. It is the proxy in front that must close
 * it: Envoy keeps idle upstream connections for an hour. With Node's own limits the app closes a connection just when
 * the sidecar sends the next request on it, and the request fails without a retry: with 503 (flags UC) after 5 seconds
 * between two requests, with 408 after 60 to 90 seconds on a connection that Envoy opened in a burst and never used.
 */
const idleMilliseconds = 3_660_000;

/** After the drain: how long a closing handshake or a last answer may take. */
const closingMilliseconds = 2000;

/**
 * Reads SERVICE_NAME, VERSION, PORT, DRAIN_SECONDS, and what {@link readFaults} reads.
 *
 * @default DRAIN_SECONDS 20, below the 30 seconds that Kubernetes gives a pod
 */
export function readServerConfig(env: EnvReader, defaults: { service: string; port: number }): ServerConfig {
  return {
    service: env.label("SERVICE_NAME", defaults.service),
    version: env.label("VERSION", "v1"),
    port: env.integer("PORT", defaults.port, 0, 65535),
    drainSeconds: env.integer("DRAIN_SECONDS", 20, 0, 86400),
    faults: readFaults(env),
  };
}

/**
 * An HTTP server with `/healthz` and `/readyz`, one log line a request (probes excepted), the header
 * `x-served-by: <service>/<version>`, and a stop that lets work end.
 */
export class AppServer {
  public readonly http: http.Server;
  private readonly sockets: OpenSockets[] = [];
  private readonly pending = new Set<ServerResponse>();
  private stopping: Promise<void> | undefined;

  private constructor(private readonly options: ServerOptions) {
    this.http = http.createServer((request, response) => void this.answer(request, response));
    this.http.keepAliveTimeout = idleMilliseconds;
    // Node counts both from the moment a connection is opened, whether or not a request has begun.
    this.http.headersTimeout = idleMilliseconds;
    this.http.requestTimeout = idleMilliseconds;
  }

  /**
   * Listens, and resolves when it does.
   *
   * @throws the system's error, with a hint for EACCES and EADDRINUSE.
   */
  public static async start(options: ServerOptions): Promise<AppServer> {
    const server = new AppServer(options);
    server.http.listen({ port: options.port, host: options.host });
    try {
      await once(server.http, "listening");
    } catch (error) {
      throw new Error(listenProblem(error, options.port), { cause: error });
    }
    options.log({ kind: "event", event: "listening", detail: `port ${server.port}` });
    return server;
  }

  /** The port it listens on. */
  public get port(): number {
    const address = this.http.address();
    if (address === null || typeof address === "string") throw new Error("the server does not listen");
    return address.port;
  }

  /** Who answers, in the header `x-served-by`. @example "mocka/v1" */
  public get servedBy(): string {
    return `${this.options.service}/${this.options.version}`;
  }

  public get draining(): boolean {
    return this.stopping !== undefined;
  }

  /** Sockets to end when the server stops. */
  public own(sockets: OpenSockets): void {
    this.sockets.push(sockets);
  }

  /** Waits where what is asked now is to be slow. @returns whether it is to fail. */
  public meetsFault(): Promise<boolean> {
    return meetsFault(this.options.faults);
  }

  /**
   * Takes no more connections, lets requests and sockets end, closes the sockets that are left after the drain time
   * with 1001, and cuts what is still open 2 seconds later. Resolves when all is closed; calling it again is harmless.
   */
  public stop(): Promise<void> {
    this.stopping ??= this.drain();
    return this.stopping;
  }

  private async drain(): Promise<void> {
    const { drainSeconds, log } = this.options;
    log({ kind: "event", event: "draining", detail: `${drainSeconds} s` });
    const closed = once(this.http, "close");
    this.http.close();
    for (const response of this.pending) forbidReuse(response);
    const timers: NodeJS.Timeout[] = [];
    timers.push(
      setTimeout(() => {
        for (const sockets of this.sockets) sockets.closeAll();
        timers.push(
          setTimeout(() => {
            for (const sockets of this.sockets) sockets.terminateAll();
            this.http.closeAllConnections();
          }, closingMilliseconds),
        );
      }, drainSeconds * 1000),
    );
    await closed;
    for (const timer of timers) clearTimeout(timer);
    log({ kind: "event", event: "stopped" });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { handler } = this.options;
    const path = pathOf(request);
    response.setHeader("x-served-by", this.servedBy);
    this.track(request, response, path);
    if (path === "/healthz") return sendText(response, 200, "ok\n");
    if (path === "/readyz") return this.answerReady(response);
    try {
      const fails = await this.meetsFault();
      // Most handlers read no body; an unread one would keep its connection from being used again.
      request.resume();
      if (fails) return sendJson(response, 503, { error: failsOnPurpose });
      await handler(request, response);
    } catch (error) {
      this.options.log({ kind: "event", event: "handler failed", detail: errorName(error) });
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: "internal error" });
    }
  }

  private answerReady(response: ServerResponse): void {
    if (this.draining) sendText(response, 503, "draining\n");
    else sendText(response, 200, "ready\n");
  }

  private track(request: IncomingMessage, response: ServerResponse, path: string): void {
    const startedAt = performance.now();
    if (this.draining) forbidReuse(response);
    this.pending.add(response);
    response.once("close", () => {
      this.pending.delete(response);
      // An answer whose headers were out before the drain began leaves an idle connection behind.
      if (this.draining) setImmediate(() => this.http.closeIdleConnections());
      if (path === "/healthz" || path === "/readyz") return;
      this.options.log({
        kind: "request",
        method: request.method ?? "",
        path,
        status: response.statusCode,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        ...(response.writableFinished ? {} : { aborted: true }),
      });
    });
  }
}

/** The path of a request, without its query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

function forbidReuse(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}

function listenProblem(error: unknown, port: number): string {
  const name = errorName(error);
  switch (name) {
    case "EACCES":
      return `port ${port} needs a privilege: set PORT to 1024 or more, or let the pod set net.ipv4.ip_unprivileged_port_start=0`;
    case "EADDRINUSE":
      return `port ${port} is taken: set PORT to another one`;
    default:
      return `cannot listen on port ${port}: ${name}`;
  }
}
