import http from "node:http";
import { chainHeader } from "../../../../apps/mock/hops";
import { callsHeader } from "../../../../conformance/lab/pods";
import type { RawRequest } from "./requests";

export interface RawAnswer {
  /** 0 when there was none; the body then says why. */
  readonly status: number;
  readonly setCookie: readonly string[];
  readonly headers: http.IncomingHttpHeaders;
  /** Of a HEAD: what a mock would have put there. */
  readonly body: string;
  /** From sending to the end of the answer, in milliseconds. */
  readonly ms: number;
}

/** Sends requests as they are: no header is added but those that carry the test's own chain of calls. */
export class RawClient {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

  public constructor(private readonly gateway: URL) {}

  /** @param calls `host:port` of each service to call after the first. Never rejects. */
  public send(what: Omit<RawRequest, "walk">, calls: readonly string[]): Promise<RawAnswer> {
    // A flat list is written as it is: names in their case, several lines of one name, blanks around values.
    const headers = ["host", what.host, "accept", "application/json"];
    if (what.method !== "GET") headers.push("content-length", "0");
    if (calls.length > 0) headers.push(callsHeader, calls.join());
    for (const [name, values] of Object.entries(what.headers)) for (const value of values) headers.push(name, value);
    const started = performance.now();
    return new Promise((resolve) => {
      const end = (answer: Omit<RawAnswer, "ms">) => resolve({ ...answer, ms: performance.now() - started });
      const fail = (error: Error) => end({ status: 0, setCookie: [], headers: {}, body: error.message });
      const request = http.request(
        {
          ...{ agent: this.agent, host: this.gateway.hostname, port: this.gateway.port, timeout: 10_000 },
          ...{ method: what.method, path: what.path, headers },
        },
        (response) => {
          const { statusCode: status = 0, headers } = response;
          const answer = { status, setCookie: headers["set-cookie"] ?? [], headers };
          // Not at its end: Envoy's own 400 to a HEAD has a body, where the parser fails.
          if (what.method === "HEAD") end({ ...answer, body: ofHead(headers) });
          let body = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => {
            body += part;
          });
          response.on("error", fail);
          response.on("end", () => end({ ...answer, body }));
        },
      );
      request.on("timeout", () => request.destroy(new Error("no answer within 10 s")));
      request.on("error", fail);
      request.end();
    });
  }

  public close(): void {
    this.agent.destroy();
  }
}

/** What the body would be that a HEAD is not given. */
function ofHead({ [chainHeader]: chain }: http.IncomingHttpHeaders): string {
  return typeof chain === "string" ? Buffer.from(chain, "base64").toString() : "";
}
