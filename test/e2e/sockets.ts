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
  /** Who has to take the handshake: `chat/v1`, as the apps name themselves in `x-served-by`. @default anybody */
  readonly servedBy?: string;
}

/**
 * A WebSocket whose messages are numbered, by the caller's clock. The server sends each number back: one that is lost or out of
 * order, on the way there or back, is seen.
 */
export class NumberedSocket {
  public readonly result: SocketResult = { sent: 0, answers: {}, problems: [] };
  public slowestMs = 0;
  private received = 0;
  private ending = false;
  /** When each message was sent that has no answer. */
  private readonly sentAt: number[] = [];

  private constructor(
    private readonly socket: WebSocket,
    private readonly way: WebSocketTarget["way"],
  ) {
    const hear = (data: { toString(): string }) => this.hear(data.toString());
    if (way === "text") socket.on("message", hear);
    else socket.on("pong", hear);
    socket.on("error", (error) => this.result.problems.push(error.message));
    socket.on("close", (code) => {
      if (!this.ending) this.result.problems.push(`dropped with ${code} after ${this.received} echoes`);
    });
  }

  /** @throws when the handshake fails. */
  public static async open({ url, options, way, servedBy }: WebSocketTarget): Promise<NumberedSocket> {
    const socket = new WebSocket(url, { ...options, handshakeTimeout: patienceMs });
    let server: unknown;
    socket.once("upgrade", ({ headers }) => {
      server = headers["x-served-by"];
    });
    await once(socket, "open");
    const opened = new NumberedSocket(socket, way);
    if (servedBy !== undefined && server !== servedBy) {
      opened.result.problems.push(`taken by ${server} where ${servedBy} was due`);
    }
    return opened;
  }

  /** Nothing is sent once it is closed. */
  public send(): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.result.sent += 1;
    this.sentAt.push(performance.now());
    if (this.way === "text") this.socket.send(String(this.result.sent));
    else this.socket.ping(String(this.result.sent));
  }

  /** Whether no answer is to come any more. */
  public get settled(): boolean {
    return this.received >= this.result.sent || this.socket.readyState !== WebSocket.OPEN;
  }

  /** Closes it; what has not been answered is lost. */
  public end(): SocketResult {
    const { sent, problems } = this.result;
    if (!this.ending && this.received < sent) problems.push(`${sent - this.received} of ${sent} echoes lost`);
    this.ending = true;
    this.socket.terminate();
    return this.result;
  }

  private hear(data: string): void {
    this.received += 1;
    if (data !== String(this.received)) this.result.problems.push(`got ${data} where ${this.received} was due`);
    this.result.answers.echo = this.received;
    this.slowestMs = Math.max(this.slowestMs, performance.now() - (this.sentAt.shift() ?? performance.now()));
  }
}

/** Opens a WebSocket. @throws when the handshake fails. */
export async function openWebSocket(target: WebSocketTarget, everyMs: number): Promise<OpenSocket> {
  const socket = await NumberedSocket.open(target);
  const timer = setInterval(() => socket.send(), everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await until(() => socket.settled);
      return socket.end();
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

/** Waits for a last answer, and no longer than for any other. */
export async function until(holds: () => boolean): Promise<void> {
  await poll(holds, { withinMs: patienceMs, everyMs: 20 });
}
