import { once } from "node:events";
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { noFaults } from "../../../apps/shared/faults";
import type { LogEntry } from "../../../apps/shared/log";
import type { AppServer } from "../../../apps/shared/server";
import { waitFor } from "../../../tools/poll";

export const localhost = "127.0.0.1";

/** What every app's config needs in a test: a free port and no waiting. */
export const testServerConfig = { port: 0, drainSeconds: 0, version: "v1", faults: noFaults } as const;

/** Everything a test started; `stopAll` belongs in `afterEach`. */
export class Started {
  private readonly stops: (() => Promise<unknown>)[] = [];
  public readonly log: LogEntry[] = [];
  public readonly write = (entry: LogEntry) => void this.log.push(entry);

  /** Keeps a server to be stopped. */
  public async app(starting: Promise<AppServer>): Promise<AppServer> {
    const app = await starting;
    this.stops.push(() => app.stop());
    return app;
  }

  /** A plain server that stands for another service; gives its URL. */
  public async fake(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
    const server = http.createServer(answer).listen(0, localhost);
    await once(server, "listening");
    this.stops.push(async () => {
      server.close();
      server.closeAllConnections();
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return new URL(`http://${localhost}:${address.port}/`);
  }

  /** Anything else to undo. */
  public later(stop: () => void): void {
    this.stops.push(async () => stop());
  }

  public async stopAll(): Promise<void> {
    for (const stop of this.stops.splice(0).reverse()) await stop();
    this.log.length = 0;
  }
}

export function urlOf(app: AppServer, path = "/"): URL {
  return new URL(path, `http://${localhost}:${app.port}`);
}

/** A URL where nobody listens. */
export async function deadUrl(): Promise<URL> {
  const server = http.createServer().listen(0, localhost);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  server.close();
  await once(server, "close");
  return new URL(`http://${localhost}:${address.port}/`);
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request whose header lines are sent just as they are, repetitions too. */
export async function get(url: URL, headers: Record<string, string | string[]> = {}, method = "GET"): Promise<Got> {
  const request = http.request(url, { headers, method, agent: false });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** Waits until something holds. @throws after 15 seconds: a busy machine takes long to start a process */
export async function until(holds: () => boolean, what: string): Promise<void> {
  await waitFor(what, holds, { withinMs: 15_000, everyMs: 10 });
}
