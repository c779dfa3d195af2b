import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import type { OfficialBases } from "../../../../tools/toolchain/pins";

/** How the fake publisher answers one path. */
export type Answer =
  | { readonly body: Buffer | string }
  | { readonly status: number }
  | { readonly truncated: Buffer }
  | { readonly silent: true };

/** A publisher on this machine: paths that are not named answer 404. */
export class FakePublisher {
  public readonly asked: string[] = [];
  private server: Server | undefined;
  public base = "";

  public constructor(public readonly answers: Record<string, Answer> = {}) {}

  public async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.asked.push(`${request.method} ${request.url}`);
      const answer = this.answers[request.url ?? ""] ?? { status: 404 };
      if ("silent" in answer) return;
      if ("status" in answer) {
        response.writeHead(answer.status).end();
      } else if ("truncated" in answer) {
        response.writeHead(200, { "content-length": answer.truncated.length + 1000 });
        response.write(answer.truncated, () => response.destroy());
      } else {
        response.writeHead(200, { "content-length": Buffer.byteLength(answer.body) });
        response.end(request.method === "HEAD" ? undefined : answer.body);
      }
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.base = `http://127.0.0.1:${address.port}`;
    this.server = server;
  }

  public async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((closed) => this.server?.close(closed));
  }

  public bases(): OfficialBases {
    const { base } = this;
    return { pulumi: base, github: base, kubernetes: base, istioCharts: base, images: base };
  }
}

/** A .tar.gz with these files. */
export async function tarball(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) archive.entry({ name, mode: 0o644 }, text);
  archive.finalize();
  return gzipSync(await buffer(archive));
}

export function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}
