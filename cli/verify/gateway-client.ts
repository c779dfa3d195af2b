import { Agent, request } from "node:http";

export interface GatewayRequest {
  /** Host header; the gateway's own address when left out. */
  readonly host?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface GatewayAnswer {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Sends requests to one gateway over connections that are kept open. */
export class GatewayClient {
  private readonly agent: Agent;

  /**
   * @param url the gateway, e.g. `http://10.200.0.2:80`.
   * @param connections how many connections at most.
   * @param timeoutMs how long one request may take.
   */
  public constructor(
    private readonly url: string,
    connections = 10,
    private readonly timeoutMs = 10_000,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Never rejects: a connection that fails is an answer with status 0 and the reason as its body. */
  public send(what: GatewayRequest): Promise<GatewayAnswer> {
    return new Promise((resolve) => {
      const failed = (error: Error): void => resolve({ status: 0, body: error.message, headers: {} });
      const outgoing = request(
        new URL(what.path, this.url),
        {
          agent: this.agent,
          timeout: this.timeoutMs,
          headers: { ...what.headers, ...(what.host ? { host: what.host } : {}) },
        },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on("data", (part: Buffer) => parts.push(part));
          incoming.on("error", failed);
          incoming.on("end", () =>
            resolve({
              status: incoming.statusCode ?? 0,
              body: Buffer.concat(parts).toString("utf8"),
              headers: incoming.headers,
            }),
          );
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${this.timeoutMs} ms`)));
      outgoing.on("error", failed);
      outgoing.end();
    });
  }

  public close(): void {
    this.agent.destroy();
  }
}

/** Sends `count` requests, at most `atOnce` under way at a time, and hands each answer on as it comes. */
export async function sendMany(
  client: GatewayClient,
  what: GatewayRequest,
  count: number,
  onAnswer: (answer: GatewayAnswer) => void,
  atOnce = 10,
): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      onAnswer(await client.send(what));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}
