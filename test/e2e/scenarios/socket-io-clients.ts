import { io, type Socket } from "socket.io-client";

/** What S1 says of clients: the version in the handshake's header, and the helloworld that answers them. */
export const clientKinds = [
  { header: "v2", own: "v2" },
  { header: "v1", own: "v1" },
  { header: "v20", own: "v1" },
  { header: undefined, own: "v1" },
] as const;

/** A client in words, by its header. */
export function clientName(header: string | undefined): string {
  return header === undefined ? "without the header" : `with version: ${header}`;
}

/** Clients of S1's socket.io server; whoever opens them closes them. */
export class SocketIoClients {
  private readonly open: Socket[] = [];

  /** @param url of the gateway, asked for at each connection: the stack may come up later. */
  public constructor(private readonly url: () => string) {}

  /** @throws when it cannot connect. */
  public async connect(version?: string): Promise<Socket> {
    const socket = io(this.url(), {
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      timeout: 20_000,
      extraHeaders: version === undefined ? {} : { version },
    });
    this.open.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", reject);
    });
    return socket;
  }

  public closeAll(): void {
    for (const socket of this.open.splice(0)) socket.disconnect();
  }
}

/** The version of helloworld that a message names. */
export function versionIn(message: unknown): string {
  const [, version] = /^Hello version: (v\d+), instance: \S+$/.exec(String(message)) ?? [];
  return version ?? String(message);
}
