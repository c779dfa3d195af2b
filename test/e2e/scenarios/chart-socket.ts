import { once } from "node:events";
import { Agent } from "node:https";
import { WebSocket } from "ws";

/** Host of S3, and the secret that its gateway has its certificate from. */
export const chartHost = "a.example.com";
export const chartSecret = "myexample-credential";

export interface ChartSocket {
  readonly socket: WebSocket;
  /** Id and value of each change that came. */
  readonly values: [number, number][];
}

/** A wss socket of the chart that trusts the authority; it notes what it gets. @throws when the handshake fails. */
export async function openChart(gateway: string, authority: string): Promise<ChartSocket> {
  const url = new URL("/ws", gateway.replace(/^https/, "wss"));
  const agent = new Agent({ servername: chartHost, ca: authority });
  const socket = new WebSocket(url, { headers: { host: chartHost }, agent });
  const values: [number, number][] = [];
  socket.on("message", (data) => {
    const message = JSON.parse(String(data));
    if (message.type === "value") values.push([message.id, message.value]);
  });
  await once(socket, "open");
  return { socket, values };
}
