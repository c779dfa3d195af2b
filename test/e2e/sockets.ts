import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { io } from "socket.io-client";
import { type ClientOptions, WebSocket } from "ws";
import { poll } from "../../tools/poll";

/** What an open socket has met. */
export interface SocketResult {
  sent: number;
  /** Answer -> count. */
  readonly answers: Record<string, number>;
  /** Dropped, lost, out of order, or an answer that says so: in words, empty when all was well. */
  readonly problems: string[];
}

/** A socket that sends numbered messages, each answered once, until it is stopped. */
export interface OpenSocket {
  /** Waits for the last answers, and closes. */
  stop(): Promise<SocketResult>;
}

/** A message is given up after this long. */
const patienceMs = 10_000;

export interface WebSocketTarget {
  readonly url: URL;
  readonly options: ClientOptions;
  /** `text`: the server sends each text back. `ping`: the protocol's own ping, which every server answers. */
  readonly way: "text" | "ping";
}

/** Opens a WebSocket. @throws when the handshake fails. */
export async function openWebSocket({ url, options, way }: WebSocketTarget, everyMs: number): Promise<OpenSocket> {
  const result: SocketResult = { sent: 0, answers: {}, problems: [] };
  const socket = new WebSocket(url, { ...options, handshakeTimeout: patienceMs });
  await once(socket, "open");
  let received = 0;
  let stopping = false;
  const hear = (data: { toString(): string }) => {
    received += 1;
    if (data.toString() !== String(received)) result.problems.push(`got ${data} where ${received} was due`);
    result.answers.echo = received;
  };
  if (way === "text") socket.on("message", hear);
  else socket.on("pong", hear);
  socket.on("error", (error) => result.problems.push(error.message));
  socket.on("close", (code) => {
    if (!stopping) result.problems.push(`dropped with ${code} after ${received} echoes`);
  });
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    result.sent += 1;
    if (way === "text") socket.send(String(result.sent));
    else socket.ping(String(result.sent));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await until(() => received >= result.sent || socket.readyState !== WebSocket.OPEN);
      if (received < result.sent) result.problems.push(`${result.sent - received} of ${result.sent} echoes lost`);
      stopping = true;
      socket.terminate();
      return result;
    },
  };
}

/** Opens a socket.io client that sends `test000`; an answer is told by its first words. @throws when it cannot connect. */
export async function openSocketIo(
  url: string,
  extraHeaders: Record<string, string>,
  everyMs: number,
  describe: (answer: string) => string,
): Promise<OpenSocket> {
  const result: SocketResult = { sent: 0, answers: {}, problems: [] };
  const socket = io(url, {
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    timeout: 10_000,
    extraHeaders,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  let stopping = false;
  socket.on("hello", (_message, acknowledge) => acknowledge("got it"));
  socket.on("disconnect", (reason) => {
    if (!stopping) result.problems.push(`dropped: ${reason}`);
  });
  const open: Promise<void>[] = [];
  const send = async (number: number) => {
    try {
      const answer = describe(String(await socket.timeout(patienceMs).emitWithAck("test000", `client-${number}`)));
      result.answers[answer] = (result.answers[answer] ?? 0) + 1;
      if (answer.startsWith("error")) result.problems.push(answer);
    } catch {
      result.problems.push(`message ${number} was not answered`);
    }
  };
  const timer = setInterval(() => {
    result.sent += 1;
    open.push(send(result.sent));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      stopping = true;
      socket.disconnect();
      return result;
    },
  };
}

/** Opens a socket every so often, lets it have an answer, and closes it: handshakes that fail are counted. */
export class Handshakes {
  public readonly result: SocketResult = { sent: 0, answers: {}, problems: [] };
  private readonly done: Promise<void>;
  private running = true;

  /** @param open the new socket sends its first message after a tenth of `everyMs`, and is stopped at once. */
  public constructor(
    private readonly open: () => Promise<OpenSocket>,
    everyMs: number,
  ) {
    this.done = this.run(everyMs);
  }

  public async stop(): Promise<SocketResult> {
    this.running = false;
    await this.done;
    return this.result;
  }

  private async run(everyMs: number): Promise<void> {
    const all: Promise<void>[] = [];
    while (this.running) {
      this.result.sent += 1;
      all.push(this.once(everyMs / 5));
      await sleep(everyMs);
    }
    await Promise.all(all);
  }

  private async once(waitMs: number): Promise<void> {
    try {
      const socket = await this.open();
      await sleep(waitMs);
      const { problems, answers } = await socket.stop();
      this.result.problems.push(...problems);
      for (const [answer, count] of Object.entries(answers)) {
        this.result.answers[answer] = (this.result.answers[answer] ?? 0) + count;
      }
    } catch (error) {
      this.result.problems.push(`handshake: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function until(holds: () => boolean): Promise<void> {
  await poll(holds, { withinMs: patienceMs, everyMs: 20 });
}
