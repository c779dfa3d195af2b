import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { WebSocket } from "ws";
import { laneOf } from "../../../../apps/shared/context";
import { type Faults, noFaults } from "../../../../apps/shared/faults";
import { AppServer } from "../../../../apps/shared/server";
import { type WebSocketOptions, WebSockets } from "../../../../apps/shared/web-sockets";
import { localhost, Started, testServerConfig, until } from "../app-test";

describe("apps/shared/web-sockets", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  async function start(more: Partial<WebSocketOptions> = {}, drainSeconds = 0, faults: Faults = noFaults) {
    const options = { ...testServerConfig, drainSeconds, faults, service: "demo", log: started.write };
    const app = await started.app(AppServer.start({ ...options, handler: () => {}, host: localhost }));
    const sockets = new WebSockets(app, {
      heartbeatSeconds: 0,
      maxMessageBytes: 100,
      log: started.write,
      onConnection: (socket) => socket.on("message", (data) => socket.send(data)),
      ...more,
    });
    return { app, sockets };
  }

  async function open(app: AppServer, options: { autoPong?: boolean; headers?: Record<string, string> } = {}) {
    const socket = new WebSocket(`ws://${localhost}:${app.port}/ws?x=1`, options);
    started.later(() => socket.terminate());
    await once(socket, "open");
    return socket;
  }

  const codeOf = async (socket: WebSocket): Promise<number> => (await once(socket, "close"))[0];

  it("refuses the handshakes that it is told to fail", async () => {
    const { app, sockets } = await start({}, 0, { ...noFaults, failPercent: 100 });
    await assert.rejects(open(app), /Unexpected server response: 503/);
    assert.equal(sockets.count, 0);
  });

  it("sends to all, counts them and logs each when it closes", async () => {
    const { app, sockets } = await start({ path: "/ws" });
    const [one, two] = [await open(app), await open(app)];
    const got = Promise.all([once(one, "message"), once(two, "message")]);
    sockets.broadcast("news");
    assert.deepEqual(
      (await got).map(([data]) => String(data)),
      ["news", "news"],
    );
    assert.equal(sockets.count, 2);
    one.close(1000);
    await until(() => sockets.count === 1, "closed");
    const entries = started.log.flatMap((entry) => (entry.kind === "socket" ? [[entry.path, entry.code]] : []));
    assert.deepEqual(entries, [["/ws", 1000]]);
  });

  it("gives the lane of the handshake to whoever listens for it", async () => {
    const { app } = await start();
    const lane = new Promise<object>((resolve) => {
      app.http.once("upgrade", (request) => resolve(laneOf(request, ["baggage"])));
    });
    await open(app, { headers: { baggage: "lane=v2", cookie: "c=1" } });
    assert.deepEqual(await lane, { baggage: "lane=v2" });
  });

  it("names the server in the answer to a handshake", async () => {
    const { app } = await start();
    const socket = new WebSocket(`ws://${localhost}:${app.port}/`);
    started.later(() => socket.terminate());
    const [{ headers }] = await once(socket, "upgrade");
    assert.equal(headers["x-served-by"], "demo/v1");
  });

  it("fails a handshake on another path with 404", async () => {
    const { app } = await start({ path: "/other" });
    await assert.rejects(open(app), /404/);
  });

  it("fails a message that is too long with 1009", async () => {
    const { app } = await start();
    const socket = await open(app);
    socket.send("x".repeat(101));
    assert.equal(await codeOf(socket), 1009);
  });

  it("cuts a peer that leaves a ping unanswered, and keeps one that answers", async () => {
    const { app, sockets } = await start({ heartbeatSeconds: 0.3 });
    const dead = await open(app, { autoPong: false });
    const alive = await open(app);
    assert.equal(await codeOf(dead), 1006);
    await setTimeout(700);
    assert.deepEqual([alive.readyState, sockets.count], [WebSocket.OPEN, 1]);
  });

  it("pings nobody when heartbeats are off", async () => {
    const { app } = await start();
    const socket = await open(app);
    socket.on("ping", () => assert.fail("ping"));
    await setTimeout(150);
    assert.equal(socket.readyState, WebSocket.OPEN);
  });

  it("lets a socket work on while the server drains, then closes it with 1001", async () => {
    const { app } = await start({}, 1);
    const socket = await open(app);
    const code = codeOf(socket);
    const startedAt = performance.now();
    const { port } = app;
    const stopped = app.stop();
    await assert.rejects(once(new WebSocket(`ws://${localhost}:${port}`), "open"), { code: "ECONNREFUSED" });
    socket.send("still there");
    assert.equal(String((await once(socket, "message"))[0]), "still there");
    assert.equal(await code, 1001);
    assert.ok(performance.now() - startedAt > 900, "closed before the drain was over");
    await stopped;
  });

  it("stops as soon as the last socket is closed by its client", async () => {
    const { app } = await start({}, 60);
    const socket = await open(app);
    const stopped = app.stop();
    socket.close(1000);
    await stopped;
  });

  it("cuts a socket that does not answer the close", async () => {
    const { app } = await start();
    const socket = await open(app);
    socket.pause();
    await app.stop();
    await until(() => started.log.some((entry) => entry.kind === "socket" && entry.code === 1006), "cut");
  });
});
