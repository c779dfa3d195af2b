import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { startEcho } from "../../../../apps/ws-echo/app";
import { HeldSockets } from "../../../e2e/held-sockets";
import type { WebSocketTarget } from "../../../e2e/sockets";
import { localhost, Started, testServerConfig, until } from "../../apps/app-test";

describe("sockets that are held open", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  const target = (port: number, more: Partial<WebSocketTarget> = {}): WebSocketTarget => ({
    ...{ url: new URL(`ws://${localhost}:${port}/`), options: {}, way: "text" },
    ...more,
  });

  /** A server that does with each message what the test says. */
  async function server(onMessage: (socket: WebSocket, text: string) => void): Promise<number> {
    const sockets = new WebSocketServer({ port: 0, host: localhost });
    await once(sockets, "listening");
    started.later(() => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    });
    sockets.on("connection", (socket) => socket.on("message", (data) => onMessage(socket, String(data))));
    return (sockets.address() as AddressInfo).port;
  }

  async function echo(): Promise<number> {
    const config = { ...testServerConfig, service: "chat", heartbeatSeconds: 0 };
    return (await started.app(startEcho(config, started.write, localhost))).port;
  }

  it("send numbered messages in turn, and miss nothing", async () => {
    const held = await HeldSockets.open(Array(30).fill(target(await echo(), { servedBy: "chat/v1" })), 300);
    await until(() => held.result.echoed >= 60, "two echoes on each");
    const { sockets, sent, echoed, slowestMs, problems } = await held.stop();
    assert.deepEqual([sockets, sent, problems], [30, echoed, []]);
    assert.ok(slowestMs > 0);
  });

  it("tell of a server that is not the one of their lane", async () => {
    const port = await echo();
    const held = await HeldSockets.open(
      [target(port, { servedBy: "chat/v1" }), target(port, { servedBy: "chat/v2" })],
      20,
    );
    assert.deepEqual((await held.stop()).problems, ["socket 1: taken by chat/v1 where chat/v2 was due"]);
  });

  it("tell of one that is closed, and of a message that comes out of order", async () => {
    const port = await server((socket, text) => {
      if (text === "3") socket.close(1001);
      else socket.send(text === "2" ? "1" : text);
    });
    const held = await HeldSockets.open([target(port)], 10);
    await until(() => held.result.problems.length === 2, "the end of the socket");
    const { problems } = await held.stop();
    assert.deepEqual(problems.slice(0, 2), [
      "socket 0: got 1 where 2 was due",
      "socket 0: dropped with 1001 after 2 echoes",
    ]);
    // A busy machine sends another before it hears of the end.
    assert.match(problems.slice(2).join(), /^socket 0: [1-9] of \d echoes lost$/);
  });

  it("fail when one cannot be opened, and leave none behind", async () => {
    const port = await echo();
    const all = [target(port), target(await echo(), { url: new URL(`http://${localhost}:1/`) })];
    await assert.rejects(HeldSockets.open(all, 10), /one of 2 handshakes failed: .*ECONNREFUSED/);
    await until(() => started.log.filter(({ kind }) => kind === "socket").length === 1, "the other socket to end");
  });
});
