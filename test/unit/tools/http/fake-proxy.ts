import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A proxy on this machine that lets everything through, and remembers what it was asked for. */
export class FakeProxy {
  public readonly asked: string[] = [];
  private readonly open = new Set<Socket>();
  private readonly server: Server = createServer();
  public url = "";

  /** @param leadsTo where every tunnel ends; where it says so itself when left out. */
  public async start(leadsTo?: number): Promise<void> {
    this.server.on("connect", (request, near: Socket) => {
      this.asked.push(request.url ?? "");
      const far = connect(leadsTo ?? Number(request.url?.split(":")[1]), "127.0.0.1", () => {
        near.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        near.pipe(far).pipe(near);
      });
      for (const socket of [near, far]) {
        this.open.add(socket);
        socket.on("error", () => socket.destroy());
      }
    });
    await new Promise<void>((listening) => this.server.listen(0, "127.0.0.1", listening));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((closed) => this.server.close(closed));
  }
}
