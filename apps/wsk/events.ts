import type { Server, Socket } from "socket.io";

/** What clients send. Arguments come from the network, so their types are not known. */
export interface ClientEvents {
  /** Asks for a greeting; `ack`, where it is given, gets it too. */
  test000: (clientId: unknown, ack: unknown) => void;
}

/** What clients get. */
export interface ServerEvents {
  /** The greeting for this client's own message; the client acknowledges it. */
  hello: (message: string, ack: (answer: unknown) => void) => void;
  /** A greeting for everyone, which no client asked for. */
  okok: (message: string) => void;
}

export type WskServer = Server<ClientEvents, ServerEvents>;
export type WskSocket = Socket<ClientEvents, ServerEvents>;
