import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../../../tools/paths";

export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number } };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** yaml-language-server over stdio, as an editor runs it; it sees the project's folder and no network. */
export class LanguageServer {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number | string, (value: unknown) => void>();
  private input = Buffer.alloc(0);
  private requests = 0;

  public constructor() {
    const server = join(projectRoot, "node_modules/yaml-language-server/bin/yaml-language-server");
    this.process = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
    this.process.stdout?.on("data", (chunk: Buffer) => this.receive(chunk));
  }

  public async start(): Promise<void> {
    const uri = pathToFileURL(projectRoot).href;
    await this.request("initialize", {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: "project" }],
      capabilities: { textDocument: { publishDiagnostics: {}, hover: {}, completion: {} } },
    });
    this.notify("initialized", {});
    const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };
    this.notify("workspace/didChangeConfiguration", { settings: { yaml: settings } });
  }

  /** @returns what an editor underlines in a file of this text. */
  public async open(file: string, text: string): Promise<readonly Diagnostic[]> {
    const uri = uriOf(file);
    const published = this.answer(uri);
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
    const { diagnostics } = (await published) as { diagnostics: readonly Diagnostic[] };
    return diagnostics;
  }

  /** @returns the names that are offered there. */
  public async complete(file: string, line: number, character: number): Promise<readonly string[]> {
    const params = { textDocument: { uri: uriOf(file) }, position: { line, character } };
    const { items } = (await this.request("textDocument/completion", params)) as { items: { label: string }[] };
    return items.map(({ label }) => label);
  }

  /** @returns the help on what is there. */
  public async hover(file: string, line: number, character: number): Promise<string> {
    const params = { textDocument: { uri: uriOf(file) }, position: { line, character } };
    const found = (await this.request("textDocument/hover", params)) as { contents: { value: string } } | null;
    return found?.contents.value ?? "";
  }

  public stop(): void {
    this.process.kill();
  }

  private request(method: string, params: unknown): Promise<unknown> {
    this.requests += 1;
    const answer = this.answer(this.requests);
    this.send({ id: this.requests, method, params });
    return answer;
  }

  private notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  private answer(key: number | string): Promise<unknown> {
    return new Promise((resolve) => this.waiting.set(key, resolve));
  }

  private send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.process.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  private receive(chunk: Buffer): void {
    this.input = Buffer.concat([this.input, chunk]);
    for (;;) {
      const end = this.input.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/i.exec(this.input.toString("utf8", 0, Math.max(end, 0)))?.[1]);
      if (end < 0 || this.input.length < end + 4 + length) return;
      this.handle(JSON.parse(this.input.toString("utf8", end + 4, end + 4 + length)));
      this.input = this.input.subarray(end + 4 + length);
    }
  }

  private handle({ id, method, params, result }: Message): void {
    if (method === "textDocument/publishDiagnostics") {
      const { uri } = params as { uri: string };
      this.settle(uri, params);
    } else if (method !== undefined && id !== undefined) {
      // It asks the editor for its settings, which it has been given.
      this.process.stdin &&
        this.send({ id, result: method === "workspace/configuration" ? [{}, {}, {}, {}, {}] : null });
    } else if (id !== undefined) {
      this.settle(id, result);
    }
  }

  private settle(key: number | string, value: unknown): void {
    this.waiting.get(key)?.(value);
    this.waiting.delete(key);
  }
}

function uriOf(file: string): string {
  return pathToFileURL(join(projectRoot, file)).href;
}
