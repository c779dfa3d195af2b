import { setTimeout as sleep } from "node:timers/promises";
import { NumberedSocket, until, type WebSocketTarget } from "./sockets";

/** So many handshakes at a time: more would be a load of their own. */
const atOnce = 20;

/** What sockets have met that were held open. */
export interface HeldResult {
  readonly sockets: number;
  readonly sent: number;
  readonly echoed: number;
  /** Of an echo. */
  readonly slowestMs: number;
  /** With the place of the socket among all, from 0. */
  readonly problems: readonly string[];
}

/**
 * Thousands of WebSockets that stay open, each with numbered messages. One clock sends them all, one socket after the other, so that
 * they are spread evenly over the time.
 *
 * @example await HeldSockets.open(Array.from({ length: 2000 }, () => target), 5000) // 400 messages a second
 */
export class HeldSockets {
  private running = true;
  private readonly done: Promise<void>;

  private constructor(
    private readonly sockets: readonly NumberedSocket[],
    everyMs: number,
  ) {
    this.done = this.send(everyMs);
  }

  /**
   * @param targets one for each socket.
   * @param everyMs between two messages of a socket.
   * @throws when a handshake fails.
   */
  public static async open(targets: readonly WebSocketTarget[], everyMs: number): Promise<HeldSockets> {
    const sockets: NumberedSocket[] = [];
    const queue = targets.entries();
    const worker = async () => {
      for (const [index, target] of queue) sockets[index] = await NumberedSocket.open(target);
    };
    const workers = await Promise.allSettled(Array.from({ length: atOnce }, worker));
    const failed = workers.find((each) => each.status === "rejected");
    if (!failed) return new HeldSockets(sockets, everyMs);
    for (const socket of sockets) socket?.end();
    throw new Error(`one of ${targets.length} handshakes failed: ${failed.reason}`, { cause: failed.reason });
  }

  /** So far. */
  public get result(): HeldResult {
    const results = this.sockets.map((socket) => socket.result);
    return {
      sockets: this.sockets.length,
      sent: results.reduce((sum, { sent }) => sum + sent, 0),
      echoed: results.reduce((sum, { answers }) => sum + (answers.echo ?? 0), 0),
      slowestMs: this.sockets.reduce((slowest, socket) => Math.max(slowest, socket.slowestMs), 0),
      problems: results.flatMap(({ problems }, index) => problems.map((problem) => `socket ${index}: ${problem}`)),
    };
  }

  /** Waits for the last echoes, and closes all. */
  public async stop(): Promise<HeldResult> {
    this.running = false;
    await this.done;
    await until(() => this.sockets.every((socket) => socket.settled));
    for (const socket of this.sockets) socket.end();
    return this.result;
  }

  private async send(everyMs: number): Promise<void> {
    const { length } = this.sockets;
    if (length === 0) return;
    const startedAt = performance.now();
    for (let count = 0; this.running; count += 1) {
      this.sockets[count % length]?.send();
      await sleep(Math.max(0, startedAt + ((count + 1) * everyMs) / length - performance.now()));
    }
  }
}
