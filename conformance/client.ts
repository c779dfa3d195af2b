import { WebSocket } from "ws";
import { parseChain } from "../apps/mock/hops";
import { HttpClient } from "../tools/http/client";
import type { CaseRequest } from "./cases";
import { hostOf } from "./groups";
import type { Seen } from "./judge";
import { callsHeader, podPort } from "./lab/pods";

const timeout = 10_000;

/** A header with several values has a line for each. */
type Headers = Readonly<Record<string, string | string[]>>;

/** Sends the requests of cases to one gateway. */
export class ConformanceClient {
  private readonly http: HttpClient;

  public constructor(private readonly gateway: URL) {
    this.http = new HttpClient(gateway.href, { connections: 10, timeoutMs: timeout });
  }

  /**
   * One request to the first of these services, which calls the others in their order. Never rejects.
   *
   * @param cookie sent beside what the request says.
   */
  public send(group: string, request: CaseRequest, services: readonly string[], cookie?: string): Promise<Seen> {
    const calls = services.slice(1).map((service) => `${service}:${podPort}`);
    const headers: Headers = {
      ...Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name, headerValue(value)])),
      ...(cookie !== undefined && { cookie }),
      host: hostOf(group, request.hostPrefix),
      accept: "application/json",
      ...(calls.length > 0 && { [callsHeader]: calls.join() }),
    };
    const path = request.path ?? "/";
    return request.webSocket ? this.overWebSocket(path, headers) : this.overHttp(path, headers);
  }

  public close(): void {
    this.http.close();
  }

  private async overHttp(path: string, headers: Headers): Promise<Seen> {
    const answer = await this.http.send(path, { headers });
    const lines = [answer.headers["set-cookie"] ?? []].flat();
    const cookies = lines.map((line) => line.split(";", 1)[0] ?? "");
    return { status: answer.status, chain: parseChain(answer.body), cookies, body: answer.body };
  }

  private overWebSocket(path: string, headers: Headers): Promise<Seen> {
    return new Promise((resolve) => {
      const address = new URL(path, this.gateway);
      address.protocol = "ws:";
      const socket = new WebSocket(address, { headers: headers as Record<string, string>, handshakeTimeout: timeout });
      const end = (seen: Seen) => {
        clearTimeout(timer);
        socket.terminate();
        resolve(seen);
      };
      const timer = setTimeout(() => end(nothing(`no answer within ${timeout} ms`)), timeout);
      socket.on("error", (error) => end(nothing(error.message)));
      socket.on("close", (code) => end(nothing(`closed with ${code}`)));
      socket.on("open", () => socket.send("chain"));
      socket.on("message", (data) => {
        const body = String(data);
        // A message has no status: the chain says whether it is whole.
        end({ status: 200, chain: parseChain(body), cookies: [], body });
      });
    });
  }
}

function headerValue(value: string | readonly string[]): string | string[] {
  return typeof value === "string" ? value : [...value];
}

function nothing(body: string): Seen {
  return { status: 0, chain: undefined, cookies: [], body };
}
