import http from "node:http";
import { WebSocket } from "ws";
import { parseChain } from "../apps/mock/hops";
import type { CaseRequest } from "./cases";
import { hostOf } from "./groups";
import type { Seen } from "./judge";
import { callsHeader, podPort } from "./lab/pods";

const timeout = 10_000;

/** Sends the requests of cases to one gateway. */
export class ConformanceClient {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 10 });

  public constructor(private readonly gateway: URL) {}

  /**
   * One request to the first of these services, which calls the others in their order. Never rejects.
   *
   * @param cookie sent beside what the request says.
   */
  public send(group: string, request: CaseRequest, services: readonly string[], cookie?: string): Promise<Seen> {
    const calls = services.slice(1).map((service) => `${service}:${podPort}`);
    const headers: http.OutgoingHttpHeaders = {
      ...Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name, headerValue(value)])),
      ...(cookie !== undefined && { cookie }),
      host: hostOf(group, request.hostPrefix),
      accept: "application/json",
      ...(calls.length > 0 && { [callsHeader]: calls.join() }),
    };
    const url = new URL(request.path ?? "/", this.gateway);
    return request.webSocket ? this.overWebSocket(url, headers) : this.overHttp(url, headers);
  }

  public close(): void {
    this.agent.destroy();
  }

  private overHttp(url: URL, headers: http.OutgoingHttpHeaders): Promise<Seen> {
    return new Promise((resolve) => {
      const fail = (error: Error) => resolve(nothing(error.message));
      const request = http.get(url, { agent: this.agent, headers, timeout }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          body += part;
        });
        response.on("error", fail);
        response.on("end", () => {
          const cookies = (response.headers["set-cookie"] ?? []).map((line) => line.split(";", 1)[0] ?? "");
          resolve({ status: response.statusCode ?? 0, chain: parseChain(body), cookies, body });
        });
      });
      request.on("timeout", () => request.destroy(new Error(`no answer within ${timeout} ms`)));
      request.on("error", fail);
    });
  }

  private overWebSocket(url: URL, headers: http.OutgoingHttpHeaders): Promise<Seen> {
    return new Promise((resolve) => {
      const address = new URL(url);
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
