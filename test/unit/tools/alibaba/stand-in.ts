import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the stand-in answers to an action: a body, or a refusal. */
export type Answer = Readonly<Record<string, unknown>> | { readonly status: number; readonly code: string };
export type Answers = (action: string, form: URLSearchParams) => Answer;

/**
 * A server on loopback that takes calls as Alibaba Cloud's APIs of the RPC style do. Its answers are the test's: it proves what
 * is sent, and what is made of an answer, not what Alibaba Cloud answers.
 */
export class StandIn {
  public readonly calls: string[] = [];
  public readonly headers: Readonly<Record<string, string | string[] | undefined>>[] = [];

  private constructor(private readonly server: Server) {}

  public static async start(answers: Answers): Promise<StandIn> {
    const server = createServer();
    const standIn = new StandIn(server);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const form = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
        const action = String(request.headers["x-acs-action"]);
        standIn.calls.push(`${action} ${[...form.values()].join(" ")}`.trim());
        standIn.headers.push(request.headers);
        const answer = answers(action, form);
        const refused = typeof answer.code === "string" && typeof answer.status === "number";
        response.writeHead(refused ? Number(answer.status) : 200, { "content-type": "application/json" });
        const body = refused ? { Code: answer.code, Message: "words of the server", RequestId: "R-1" } : answer;
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    return standIn;
  }

  public get environment(): NodeJS.ProcessEnv {
    const { port } = this.server.address() as AddressInfo;
    return { ALIBABA_CLOUD_ENDPOINT_SERVICEMESH: `http://127.0.0.1:${port}` };
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}
