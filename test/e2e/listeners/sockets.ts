import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { parseChain } from "../../../apps/mock/hops";
import { waitFor } from "../../../tools/poll";

/** Sockets that stay open and count what becomes of them. */
export interface HeldSockets {
  /** How many are open, and how many have been closed by another than the test. */
  state(): Promise<{ open: number; closed: number }>;
  stop(): Promise<void>;
}

/** WebSockets through the gateway. @param version that each of them must have met. */
export async function holdAtGateway(
  url: URL,
  headers: Readonly<Record<string, string>>,
  count: number,
  version: string,
): Promise<HeldSockets> {
  let closed = 0;
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = new WebSocket(url, { headers: { ...headers }, handshakeTimeout: 20_000 });
      await once(socket, "open");
      const answer = once(socket, "message");
      socket.send("who are you?");
      const met = parseChain(String((await answer)[0]))?.hops[0]?.version;
      if (met !== version) throw new Error(`a socket met ${met}, not ${version}`);
      socket.on("close", () => {
        closed += 1;
      });
      return socket;
    }),
  );
  return {
    state: async () => ({ open: sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length, closed }),
    stop: async () => {
      for (const socket of sockets) socket.terminate();
    },
  };
}

/** Runs in a pod: opens WebSockets by hand, answers pings, and tells its count for each line of stdin. */
const holder = `
const net = require("node:net");
const [host, port, count] = process.argv.slice(1);
let open = 0, closed = 0;
for (let index = 0; index < Number(count); index++) {
  const socket = net.connect(Number(port), host);
  let ready = false;
  socket.on("data", (data) => {
    if (!ready) {
      ready = / 101 /.test(String(data));
      open += ready ? 1 : 0;
    } else if (data[0] === 0x89) socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
  });
  socket.on("close", () => { closed += 1; if (ready) open -= 1; });
  socket.on("error", () => {});
  socket.write(["GET / HTTP/1.1", "Host: " + host + ":" + port, "Connection: Upgrade", "Upgrade: websocket",
    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""].join("\\r\\n"));
}
process.stdin.on("data", () => console.log(JSON.stringify({ open, closed })));
process.stdin.on("end", () => process.exit());
`;

/** WebSockets from one pod to another. @param inPod program and arguments of a command in the calling pod. */
export async function holdInMesh(
  inPod: (...command: string[]) => [string, string[]],
  host: string,
  port: number,
  count: number,
): Promise<HeldSockets> {
  const [program, args] = inPod("/usr/local/bin/node", "-e", holder, host, String(port), String(count));
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const state = async () => {
    child.stdin.write("\n");
    const { value, done } = await lines.next();
    if (done) throw new Error("the pod that holds the sockets is gone");
    return JSON.parse(value) as { open: number; closed: number };
  };
  let opened = 0;
  const all = async () => {
    opened = (await state()).open;
    return opened >= count;
  };
  await waitFor(() => `${count} sockets to open, of which ${opened} have`, all, { withinMs: 30_000, everyMs: 500 });
  return {
    state,
    stop: async () => {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}
