import { once } from "node:events";
import { WebSocket } from "ws";
import { errorName } from "../shared/log";

export interface ConnectOptions {
  readonly url: string;
  readonly messages: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** For the handshake, for each answer and for the close, each. */
  readonly timeoutMilliseconds: number;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

/** Names as in RFC 6455 section 7.4.1 */
const closeNames: Readonly<Record<number, string>> = {
  1000: "OK",
  1001: "going away",
  1002: "protocol error",
  1003: "unsupported data",
  1005: "no status received",
  1006: "connection closed abnormally",
  1007: "invalid data",
  1008: "policy violation",
  1009: "message too big",
  1011: "internal error",
};

/**
 * Connects, sends each message when the one before was answered, closes with 1000, and prints all of it the way
 * `python3 -m websockets` does.
 *
 * @returns the exit code: 0 when every message was answered and the close was 1000.
 */
export async function connect(options: ConnectOptions): Promise<0 | 1> {
  const { url, headers, timeoutMilliseconds, print, printError } = options;
  const socket = new WebSocket(url, { headers, handshakeTimeout: timeoutMilliseconds });
  const closed = new Promise<number>((resolve) => socket.once("close", (code) => resolve(code)));
  try {
    await once(socket, "open");
  } catch (error) {
    printError(`Failed to connect to ${url}: ${errorName(error)}`);
    return 1;
  }
  // An error after the handshake is followed by a close, which is what is printed.
  socket.on("error", () => {});
  print(`Connected to ${url}.`);
  const answered = await sendAll(socket, closed, options);
  socket.close(1000);
  // The peer's own answer to the close may never come.
  const timer = setTimeout(() => socket.terminate(), timeoutMilliseconds);
  const code = await closed;
  clearTimeout(timer);
  print(`Connection closed: ${code} (${closeNames[code] ?? "unknown"}).`);
  return answered && code === 1000 ? 0 : 1;
}

async function sendAll(socket: WebSocket, closed: Promise<number>, options: ConnectOptions): Promise<boolean> {
  for (const message of options.messages) {
    options.print(`> ${message}`);
    const answer = await exchange(socket, message, closed, options.timeoutMilliseconds);
    if (answer === undefined) {
      options.printError(`No answer to "${message}"`);
      return false;
    }
    options.print(`< ${answer}`);
  }
  return true;
}

async function exchange(
  socket: WebSocket,
  message: string,
  closed: Promise<number>,
  timeoutMilliseconds: number,
): Promise<string | undefined> {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(), timeoutMilliseconds);
  void closed.then(() => ended.abort());
  try {
    const answer = once(socket, "message", { signal: ended.signal });
    socket.send(message);
    const [data] = await answer;
    return String(data);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
