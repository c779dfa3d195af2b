import { type HttpAnswer, HttpClient, type HttpClientOptions } from "../../tools/http/client";

export interface GatewayRequest {
  /** Host header; the gateway's own address when left out. */
  readonly host?: string;
  readonly path: string;
  /** @default "GET" */
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer, of HTTP or of gRPC. */
export interface LaneAnswer extends HttpAnswer {
  /** The name of gRPC's status, such as `UNAVAILABLE`. */
  readonly grpcStatus?: string;
}

/** What sends requests into lanes and never rejects. */
export interface LaneClient {
  send(request: GatewayRequest): Promise<LaneAnswer>;
  close(): void;
}

/** Sends requests to one gateway, whatever host they are for. */
export class GatewayClient implements LaneClient {
  private readonly client: HttpClient;

  public constructor(url: string, options?: HttpClientOptions) {
    this.client = new HttpClient(url, options);
  }

  /** Never rejects: a connection that fails is an answer with status 0 and the reason as its body. */
  public send({ host, path, method = "GET", headers }: GatewayRequest): Promise<HttpAnswer> {
    return this.client.send(path, { method, headers: { ...headers, ...(host ? { host } : {}) } });
  }

  public close(): void {
    this.client.close();
  }
}

/** Sends `count` requests, at most `atOnce` under way at a time, and hands each answer on as it comes. */
export async function sendMany(
  client: Pick<LaneClient, "send">,
  what: GatewayRequest,
  count: number,
  onAnswer: (answer: LaneAnswer) => void,
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
