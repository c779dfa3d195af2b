import http, { type OutgoingHttpHeaders } from "node:http";
import { waitFor } from "../../../tools/poll";

export interface Answer {
  /** 0 when no answer came; the body then says why. */
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A client of one host behind a gateway, over connections that are kept open. */
export class HostClient {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 10 });

  public constructor(
    private readonly gateway: string,
    private readonly host: string,
  ) {}

  /** Never rejects, so that a failed request is counted and not lost. */
  public get(path: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return new Promise((resolve) => {
      const fail = (error: Error) => resolve({ status: 0, headers: {}, body: error.message });
      const options = { agent: this.agent, headers: { ...headers, host: this.host }, timeout: 10_000 };
      const request = http.get(new URL(path, this.gateway), options, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          body += part;
        });
        response.on("error", fail);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      request.on("timeout", () => request.destroy(new Error("no answer within 10 s")));
      request.on("error", fail);
    });
  }

  /** Sends `count` requests, at most ten under way at a time. */
  public async getMany(count: number, path: string, headers: OutgoingHttpHeaders = {}): Promise<Answer[]> {
    const answers: Answer[] = [];
    let left = count;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        answers.push(await this.get(path, headers));
      }
    };
    await Promise.all(Array.from({ length: 10 }, worker));
    return answers;
  }

  public close(): void {
    this.agent.destroy();
  }
}

/** Sends the same request every 20 ms until it is told to stop, whatever comes back. */
export class SteadyLoad {
  private readonly pending: Promise<void>[] = [];
  private readonly timer: NodeJS.Timeout;
  public readonly answers: Answer[] = [];

  public constructor(client: HostClient, path: string, headers: OutgoingHttpHeaders) {
    this.timer = setInterval(() => {
      this.pending.push(client.get(path, headers).then((answer) => void this.answers.push(answer)));
    }, 20);
  }

  /** Resolves when a later answer fits. @throws after 30 seconds, with the last answer. */
  public async until(fits: (answer: Answer) => boolean, what: string): Promise<void> {
    const from = this.answers.length;
    const came = () => this.answers.slice(from).some(fits);
    await waitFor(() => `${what}, the last was ${this.answers.at(-1)?.body}`, came, { withinMs: 30_000 });
  }

  /** @returns every answer, those that were under way too. */
  public async stop(): Promise<readonly Answer[]> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    return this.answers;
  }
}
