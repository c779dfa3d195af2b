import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeComment {
  id: number;
  body: string;
  user: { login: string };
}

/** What the forge answers in place of the truth; undefined: nothing is wrong. `after`: it did what it was asked to. */
export type Fault = (request: {
  method: string;
  path: string;
}) => { status: number; headers?: Record<string, string>; after?: boolean } | undefined;

/** A run of a workflow, as the forge lists it. */
export interface FakeRun {
  readonly id: number;
  readonly path: string;
  readonly status: "queued" | "in_progress" | "waiting" | "completed";
  readonly head_sha: string;
  readonly head_branch: string;
  readonly head_repository: { readonly id: number };
  readonly html_url: string;
}

/** Comments, runs and pull requests of one repository, by GitHub's API, on this machine. */
export class FakeForge {
  public comments: FakeComment[] = [];
  public pulls: { number: number; head: { sha: string; label: string; repo?: { id: number } } }[] = [];
  public runs: FakeRun[] = [];
  public readonly calls: string[] = [];
  public fault: Fault = () => undefined;
  private next = 1;

  private constructor(private readonly server: Server) {}

  public static async start(): Promise<FakeForge> {
    const server = createServer();
    const forge = new FakeForge(server);
    server.on("request", (request, response) => void forge.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return forge;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  public add(body: string, login: string): FakeComment {
    const comment = { id: this.next, body, user: { login } };
    this.next += 1;
    this.comments.push(comment);
    return comment;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const part of request) text += part;
    const url = new URL(request.url ?? "/", this.url);
    const asked = { method: request.method ?? "", path: url.pathname };
    this.calls.push(`${asked.method} ${asked.path}`);
    const fault = this.fault(asked);
    const real = fault && !fault.after ? undefined : this.act(asked, url, text === "" ? {} : JSON.parse(text));
    const { status, body } = fault
      ? { status: fault.status, body: { message: "no" } }
      : (real ?? { status: 404, body: {} });
    response.writeHead(status, { "content-type": "application/json", ...fault?.headers });
    response.end(status === 204 ? undefined : JSON.stringify(body));
  }

  private act({ method, path }: { method: string; path: string }, url: URL, sent: { body?: string }) {
    const page = Number(url.searchParams.get("page") ?? 1);
    const paged = (items: readonly unknown[]) => ({ status: 200, body: items.slice((page - 1) * 100, page * 100) });
    if (method === "GET" && path === "/repos/o/r/pulls") {
      return paged(this.pulls.filter(({ head }) => head.label === url.searchParams.get("head")));
    }
    if (method === "GET" && path === "/repos/o/r/actions/runs") {
      const of = this.runs.filter((run) => run.head_sha === url.searchParams.get("head_sha"));
      return { status: 200, body: { total_count: of.length, workflow_runs: paged(of).body } };
    }
    if (method === "GET") return paged(this.comments);
    if (method === "POST") return { status: 201, body: this.add(sent.body ?? "", "github-actions[bot]") };
    const comment = this.comments.find(({ id }) => path === `/repos/o/r/issues/comments/${id}`);
    if (!comment) return { status: 404, body: { message: "Not Found" } };
    if (method === "DELETE") {
      this.comments = this.comments.filter((other) => other !== comment);
      return { status: 204, body: undefined };
    }
    comment.body = sent.body ?? "";
    return { status: 200, body: comment };
  }
}
