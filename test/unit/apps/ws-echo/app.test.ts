import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocket } from "ws";
import { noFaults } from "../../../../apps/shared/faults";
import { startEcho } from "../../../../apps/ws-echo/app";
import { readEchoConfig } from "../../../../apps/ws-echo/config";
import { get, localhost, Started, testServerConfig, urlOf } from "../app-test";

describe("apps/ws-echo", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  const start = () =>
    started.app(startEcho({ ...testServerConfig, service: "ws-echo", heartbeatSeconds: 0 }, started.write, localhost));

  async function open(path = "/") {
    const app = await start();
    const socket = new WebSocket(`ws://${localhost}:${app.port}${path}`);
    started.later(() => socket.terminate());
    await once(socket, "open");
    return socket;
  }

  it("sends text back as text and binary as binary, on any path", async () => {
    const socket = await open("/any");
    for (const [sent, binary] of [
      ["hellö", false],
      [Buffer.from([0, 255]), true],
      ["", false],
    ] as const) {
      const answer = once(socket, "message");
      socket.send(sent);
      const [data, isBinary] = await answer;
      assert.deepEqual([Buffer.from(data), isBinary], [Buffer.from(sent), binary]);
    }
  });

  it("keeps the order, also for a reader that pauses behind megabytes of echoes", async () => {
    const socket = await open();
    const filler = "x".repeat(100_000);
    const got: string[] = [];
    socket.on("message", (data) => got.push(String(data).slice(filler.length)));
    socket.pause();
    for (let count = 0; count < 200; count += 1) socket.send(filler + count);
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.resume();
    while (got.length < 200) await once(socket, "message");
    assert.deepEqual(
      got,
      Array.from({ length: 200 }, (_, count) => String(count)),
    );
  });

  it("fails plain HTTP with 426", async () => {
    const { status, headers } = await get(urlOf(await start()));
    assert.deepEqual([status, headers.upgrade], [426, "websocket"]);
  });

  it("reads its config", () => {
    const server = { service: "ws-echo", version: "v1", port: 80, drainSeconds: 20, faults: noFaults };
    const expected = { ...server, heartbeatSeconds: 30 };
    assert.deepEqual(readEchoConfig({ PORT: "80" }), expected);
    assert.equal(readEchoConfig({}).port, 8080);
  });

  it("fails on a wrong config", () => assert.throws(() => readEchoConfig({ PORT: "-1" }), /PORT: "-1"/));
});
