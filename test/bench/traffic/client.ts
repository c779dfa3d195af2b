import { connect, type Socket } from "node:net";

export interface TrafficRequest {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TrafficResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds, in ascending order. */
  readonly latencies: readonly number[];
}

const headEnd = Buffer.from("\r\n\r\n");

/**
 * Closed-loop load: each connection sends the same bytes again as soon as it has its answer. It does as little as can be,
 * since it shares the cores with what it measures: HTTP/1.1 over kept connections, and answers with a Content-Length only.
 *
 * @throws on any answer other than 200, and when a connection closes.
 */
export async function sendTraffic(
  request: TrafficRequest,
  connections: number,
  milliseconds: number,
): Promise<TrafficResult> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + milliseconds;
  await Promise.all(Array.from({ length: connections }, () => runConnection(request, until, latencies)));
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  return { requests: latencies.length, perSecond: latencies.length / seconds, latencies };
}

function runConnection(request: TrafficRequest, until: number, latencies: number[]): Promise<void> {
  const { address, port, host, path, headers } = request;
  const lines = [`GET ${path} HTTP/1.1`, `host: ${host}`, ...Object.entries(headers).map((pair) => pair.join(": "))];
  const bytes = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: address, port, noDelay: true });
    let sentAt = 0;
    let received: Buffer = Buffer.alloc(0);
    const send = () => {
      sentAt = performance.now();
      socket.write(bytes);
    };
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.on("connect", send);
    socket.on("error", fail);
    socket.on("close", () => reject(new Error("the connection was closed")));
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const head = received.indexOf(headEnd);
      if (head < 0) return;
      const text = received.toString("latin1", 0, head);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (!text.startsWith("HTTP/1.1 200") || Number.isNaN(length)) return fail(new Error(`answer: ${text}`));
      if (received.length < head + headEnd.length + length) return;
      received = Buffer.alloc(0);
      const now = performance.now();
      latencies.push(now - sentAt);
      if (now < until) return send();
      socket.removeAllListeners("close");
      socket.destroy();
      resolve();
    });
  });
}
