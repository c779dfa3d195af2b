import type { SecureContextOptions } from "node:tls";
import { Agent, request } from "undici";

export interface HttpRequest {
  /** @default "GET" */
  readonly method?: string;
  /** Several values of one header: a line each. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

export interface HttpAnswer {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The reason when no answer came. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface HttpClientOptions {
  /** How many connections at most. @default 10 */
  readonly connections?: number;
  /** How long one request may take. @default 10000 */
  readonly timeoutMs?: number;
  /** Authority and certificates, for https. */
  readonly tls?: Pick<SecureContextOptions, "ca" | "cert" | "key">;
}

/** Sends requests to one server of this machine or its cluster over connections that are kept open. No proxy counts. */
export class HttpClient {
  private readonly agent: Agent;
  private readonly timeoutMs: number;

  /** @param url the server, e.g. `http://10.200.0.2:80`. */
  public constructor(
    private readonly url: string,
    { connections = 10, timeoutMs = 10_000, tls }: HttpClientOptions = {},
  ) {
    this.timeoutMs = timeoutMs;
    this.agent = new Agent({ connections, connect: { ...tls, timeout: timeoutMs } });
  }

  /** Never rejects: a connection that fails is an answer with status 0 and the reason as its body. */
  public async send(path: string, { method = "GET", headers, body }: HttpRequest = {}): Promise<HttpAnswer> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    try {
      const answer = await request(new URL(path, this.url), { dispatcher: this.agent, method, headers, body, signal });
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
    } catch (error) {
      const late = `no answer within ${this.timeoutMs} ms`;
      return { status: 0, headers: {}, body: signal.aborted ? late : reasonOf(error) };
    }
  }

  /** Ends its connections, and with them what is under way. */
  public close(): void {
    void this.agent.destroy();
  }
}

/** Why a request failed, in one line. */
function reasonOf(error: unknown): string {
  // Where a name has several addresses, each has failed for a reason of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
