import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocketServer } from "ws";
import { connect } from "../../../../apps/ws-client/connect";
import { startEcho } from "../../../../apps/ws-echo/app";
import { deadUrl, localhost, Started, testServerConfig } from "../app-test";

describe("apps/ws-client/connect", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  async function run(url: string, timeoutMilliseconds = 2000) {
    const out: string[] = [];
    const errors: string[] = [];
    const code = await connect({
      url,
      messages: ["hello", "world"],
      headers: { version: "v2" },
      timeoutMilliseconds,
      print: (line) => out.push(line),
      printError: (line) => errors.push(line),
    });
    return { code, out, errors };
  }

  /** A server that does with each message what the test says. */
  async function server(onMessage: (socket: import("ws").WebSocket) => void): Promise<string> {
    const made = new WebSocketServer({ port: 0, host: localhost });
    made.on("connection", (socket) => socket.on("message", () => onMessage(socket)));
    await once(made, "listening");
    started.later(() => {
      for (const socket of made.clients) socket.terminate();
      made.close();
    });
    return `ws://${localhost}:${(made.address() as { port: number }).port}`;
  }

  it("prints what it sends and gets, and closes with 1000", async () => {
    const config = { ...testServerConfig, service: "ws-echo", heartbeatSeconds: 0 };
    const app = await started.app(startEcho(config, started.write, localhost));
    let version: unknown;
    app.http.once("upgrade", (request) => {
      version = request.headers.version;
    });
    const url = `ws://${localhost}:${app.port}`;
    const out = [`Connected to ${url}.`, "> hello", "< hello", "> world", "< world", "Connection closed: 1000 (OK)."];
    assert.deepEqual(await run(url), { code: 0, out, errors: [] });
    assert.equal(version, "v2");
  });

  it("fails when nobody listens", async () => {
    const url = (await deadUrl()).href.replace("http", "ws");
    assert.deepEqual(await run(url), { code: 1, out: [], errors: [`Failed to connect to ${url}: ECONNREFUSED`] });
  });

  it("fails when the handshake is refused, and says how", async () => {
    const url = (await started.fake((_request, response) => response.writeHead(503).end())).href.replace("http", "ws");
    assert.deepEqual((await run(url)).errors, [`Failed to connect to ${url}: Unexpected server response: 503`]);
  });

  it("fails when the server goes away", async () => {
    const url = await server((socket) => socket.close(1001));
    assert.deepEqual(await run(url), {
      code: 1,
      out: [`Connected to ${url}.`, "> hello", "Connection closed: 1001 (going away)."],
      errors: ['No answer to "hello"'],
    });
  });

  it("fails when the connection breaks", async () => {
    const { code, out } = await run(await server((socket) => socket.terminate()));
    assert.deepEqual([code, out.at(-1)], [1, "Connection closed: 1006 (connection closed abnormally)."]);
  });

  it("fails when no answer comes in time", async () => {
    // The handshake has as long, also on a machine with much else to do.
    const { code, out, errors } = await run(await server(() => {}), 1000);
    assert.deepEqual([code, out.at(-1), errors], [1, "Connection closed: 1000 (OK).", ['No answer to "hello"']]);
  });
});
