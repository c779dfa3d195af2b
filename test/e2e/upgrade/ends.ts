import { once } from "node:events";
import { WebSocket } from "ws";
import { poll } from "../../../tools/poll";

/** Sockets that are open before an update, and when each has ended. */
export class SocketEnds {
  /** Milliseconds since 1970 of each that was ended by the other side. */
  public readonly ends: number[] = [];
  private stopping = false;

  private constructor(private readonly sockets: readonly WebSocket[]) {
    for (const socket of sockets) {
      // An error is told by the end that follows it.
      socket.on("error", () => {});
      socket.on("close", () => {
        if (!this.stopping) this.ends.push(Date.now());
      });
    }
  }

  /** @throws when a handshake fails. */
  public static async open(url: string, host: string, count: number): Promise<SocketEnds> {
    const sockets = Array.from({ length: count }, () => new WebSocket(url, { headers: { host } }));
    await Promise.all(sockets.map((socket) => once(socket, "open")));
    return new SocketEnds(sockets);
  }

  public stop(): void {
    this.stopping = true;
    for (const socket of this.sockets) socket.terminate();
  }
}

/** A pod as far as its end goes. */
export interface EndingPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
  };
}

/** When pods were told to stop, as it is seen while an update runs. */
export class PodStops {
  /** `namespace/name` -> milliseconds since 1970, to the second. */
  public readonly times = new Map<string, number>();
  private running = true;
  private readonly done: Promise<unknown>;

  public constructor(pods: () => Promise<readonly EndingPod[]>) {
    this.done = poll(
      async () => {
        for (const { metadata } of await pods()) {
          const { name, namespace, deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
          if (deletionTimestamp === undefined) continue;
          const pod = `${namespace}/${name}`;
          const told = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
          // The kubelet's own deletion, once its containers have ended, is a later one with no grace period.
          this.times.set(pod, Math.min(told, this.times.get(pod) ?? told));
        }
        return !this.running;
      },
      { withinMs: 600_000, everyMs: 1000 },
    );
  }

  public async stop(): Promise<void> {
    this.running = false;
    await this.done;
  }
}
