import { poll } from "../../../tools/poll";
import { Handshakes, openWebSocket, type SocketResult } from "../sockets";
import { type EndingPod, PodStops, SocketEnds } from "../upgrade/ends";

const host = "chat.example.com";

/** Longer than any pod here has. */
export const chatDrainSeconds = 15;

/** A WebSocket server that ends its sockets as soon as it gets SIGTERM: what they live longer for is the drain alone. */
export const chat = (motto: string) => ({
  ...{ name: "chat", app: "ws-echo", port: 80, targetPort: 8080, portName: "http-websocket", versions: ["v1"] },
  env: { DRAIN_SECONDS: "0", MOTTO: motto },
  drainSeconds: chatDrainSeconds,
});

export const chatGroup = {
  ...{ name: "chat", mode: "permissive", routeHeader: "x-lane", baseline: "v1", lanes: [{ name: "v1" }] },
  services: [{ name: "chat", port: 80, versions: ["v1"] }],
  entry: { service: "chat", gateway: "istio-system/ingressgateway", hosts: [host] },
};

/** What sockets meet of an update that replaces the pod behind them. */
export interface Replaced {
  /** For each socket, how many milliseconds after the first pod of the chat was told to stop, which is known to the second. */
  readonly endedAfterMs: readonly number[];
  readonly handshakes: SocketResult;
}

/** @param update replaces the chat's pod; sockets are held open, and new ones opened, until the old pod's drain is over. */
export async function whileReplaced(
  address: string,
  count: number,
  pods: () => Promise<readonly EndingPod[]>,
  update: () => Promise<unknown>,
): Promise<Replaced> {
  const held = await SocketEnds.open(`ws://${address}/`, host, count);
  const target = { url: new URL(`ws://${address}/`), options: { headers: { host } }, way: "text" as const };
  const handshakes = new Handshakes(() => openWebSocket(target, 50), 500);
  const stops = new PodStops(pods);
  try {
    await update();
    await poll(() => held.ends.length === count, { withinMs: (chatDrainSeconds + 10) * 1000, everyMs: 200 });
  } finally {
    held.stop();
    await Promise.all([stops.stop(), handshakes.stop()]);
  }
  const told = [...stops.times].filter(([pod]) => pod.startsWith("default/chat-v1-")).map(([, time]) => time);
  const first = Math.min(...told);
  return { endedAfterMs: held.ends.map((end) => end - first), handshakes: handshakes.result };
}
