import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A registry on loopback that knows no package, takes the first that is published, and keeps what it was sent. */
export class LoopbackRegistry {
  /** What `npm publish` sent, in their order. */
  public readonly published: unknown[] = [];

  private constructor(private readonly server: Server) {}

  public static async start(): Promise<LoopbackRegistry> {
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      if (request.method === "PUT") registry.published.push(JSON.parse(body));
      response.writeHead(request.method === "PUT" ? 201 : 404, { "content-type": "application/json" }).end("{}");
    });
    const registry = new LoopbackRegistry(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  /** Flags with which npm speaks to it, and to no other. */
  public get flags(): string[] {
    const host = `127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
    return [`--registry=http://${host}`, `--//${host}:_authToken=none`];
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
