import http, { type OutgoingHttpHeaders } from "node:http";
import type { Log } from "./log";

/** What a service answered, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Thrown when there is no answer. `code` is the system's, or ETIMEDOUT, or EMSGSIZE for an answer of over 1 MiB. */
export class CallError extends Error {
  public override readonly name = "CallError";

  public constructor(
    public readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const maxBytes = 1024 * 1024;

/** Logged when a call is sent a second time. */
export const callRepeated = "call sent again";

/** Calls one service over connections that are kept and used again. */
export class HttpClient {
  private readonly agent = new http.Agent({ keepAlive: true });

  /**
   * @param timeoutMilliseconds for one call, from the first byte out to the last byte in.
   * @param log told of each call that was sent again, so that what is hidden from the caller can be counted.
   */
  public constructor(
    private readonly url: URL,
    private readonly timeoutMilliseconds: number,
    private readonly log: Log,
  ) {}

  /**
   * Sends a GET with these headers and no others but those of HTTP itself.
   *
   * @throws CallError
   */
  public async get(headers: OutgoingHttpHeaders): Promise<Answer> {
    const signal = AbortSignal.timeout(this.timeoutMilliseconds);
    for (let again = false; ; again = true) {
      const result = await this.send(headers, signal);
      if ("status" in result) return result;
      // A kept connection may be closed by the other side just when it is used again: the request was never seen.
      // See https://nodejs.org/api/http.html#requestreusedsocket
      if (!result.stale || again) throw result.error;
      this.log({ kind: "event", event: callRepeated, detail: `${this.url.host} ${result.error.code}` });
    }
  }

  /** Closes the kept connections. */
  public close(): void {
    this.agent.destroy();
  }

  private send(
    headers: OutgoingHttpHeaders,
    signal: AbortSignal,
  ): Promise<Answer | { error: CallError; stale: boolean }> {
    return new Promise((resolve) => {
      let answered = false;
      // `http.request` is looked up at the call: instrumentation that came by --require has replaced it by then.
      const request = http.request(this.url, { method: "GET", agent: this.agent, headers, signal });
      const fail = (error: NodeJS.ErrnoException) => {
        const call = callError(error, signal, this.timeoutMilliseconds);
        resolve({ error: call, stale: !answered && request.reusedSocket && call.code === "ECONNRESET" });
      };
      request.on("error", fail);
      request.on("response", (response) => {
        answered = true;
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > maxBytes) response.destroy(new CallError("EMSGSIZE", `the answer is over ${maxBytes} bytes`));
        });
        response.on("error", fail);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      });
      request.end();
    });
  }
}

function callError(error: NodeJS.ErrnoException, signal: AbortSignal, timeout: number): CallError {
  if (error instanceof CallError) return error;
  if (signal.aborted) return new CallError("ETIMEDOUT", `no answer within ${timeout} ms`);
  return new CallError(error.code ?? "EUNKNOWN", error.message);
}
