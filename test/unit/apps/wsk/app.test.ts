import assert from "node:assert/strict";
import { once } from "node:events";
import { io, type Socket } from "socket.io-client";
import { WebSocket } from "ws";
import { noFaults } from "../../../../apps/shared/faults";
import { startWsk } from "../../../../apps/wsk/app";
import { readWskConfig, type WskConfig } from "../../../../apps/wsk/config";
import { deadUrl, localhost, Started, testServerConfig, until, urlOf } from "../app-test";

describe("apps/wsk", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  /** A helloworld that answers with the baggage it got, after a while that differs. */
  const echoingHelloworld = () =>
    started.fake((request, response) => {
      setTimeout(() => response.end(`baggage: ${request.headers.baggage ?? "none"}`), Math.random() * 20);
    });

  function start(helloworld: URL, more: Partial<WskConfig> = {}) {
    const config: WskConfig = {
      ...testServerConfig,
      service: "wsk",
      helloworld,
      helloworldTimeoutMilliseconds: 2000,
      forwardHeaders: ["baggage"],
      ackTimeoutMilliseconds: 2000,
      broadcastMilliseconds: 20,
      heartbeatSeconds: 30,
      ...more,
    };
    return started.app(startWsk(config, started.write, localhost));
  }

  function client(url: URL, baggage?: string, transports = ["websocket"]): Socket {
    const extraHeaders: Record<string, string> = baggage === undefined ? {} : { baggage };
    const socket = io(url.href, { transports, forceNew: true, reconnection: false, extraHeaders });
    started.later(() => socket.disconnect());
    return socket;
  }

  /** The next `hello` of a client, acknowledged. */
  const hello = (socket: Socket) =>
    new Promise<string>((resolve) => {
      socket.once("hello", (message: string, ack: (answer: string) => void) => {
        ack("got it");
        resolve(message);
      });
    });
  const connected = (socket: Socket) => new Promise<void>((resolve) => socket.once("connect", resolve));
  const okok = (socket: Socket) => new Promise<string>((resolve) => socket.once("okok", resolve));
  const helloTo = (socket: Socket, id: unknown = "id") => {
    const answer = hello(socket);
    socket.emit("test000", id);
    return answer;
  };

  it("answers in the client's lane and broadcasts in none", async () => {
    const app = await start(await echoingHelloworld());
    const inLane = client(urlOf(app), "lane=v2");
    const other = client(urlOf(app));
    await Promise.all([connected(inLane), connected(other)]);
    const broadcasts = Promise.all([okok(inLane), okok(other)]);
    assert.equal(await helloTo(inLane), "baggage: lane=v2");
    assert.deepEqual(await broadcasts, ["baggage: none", "baggage: none"]);
    assert.equal(await helloTo(other), "baggage: none");
  });

  it("acknowledges with the reply", async () => {
    const socket = client(urlOf(await start(await echoingHelloworld())), "lane=v2");
    const said = hello(socket);
    assert.equal(await socket.emitWithAck("test000", "id"), "baggage: lane=v2");
    assert.equal(await said, "baggage: lane=v2");
  });

  it("keeps the lane of the handshake when a client begins with polling", async () => {
    const socket = client(urlOf(await start(await echoingHelloworld())), "lane=v3", ["polling", "websocket"]);
    assert.equal(await helloTo(socket), "baggage: lane=v3");
    await until(() => socket.io.engine.transport.name === "websocket", "upgraded");
    assert.equal(await helloTo(socket), "baggage: lane=v3");
  });

  it("keeps 200 clients in two lanes and in none apart", async () => {
    const app = await start(await echoingHelloworld());
    const sockets = Array.from({ length: 200 }, (_, index) => {
      const lane = [undefined, `lane=v2,id=${index}`, `lane=v1,id=${index}`][index % 3];
      return { socket: client(urlOf(app), lane), expected: `baggage: ${lane ?? "none"}` };
    });
    const broadcasts: string[] = [];
    for (const { socket } of sockets) socket.on("okok", (message: string) => broadcasts.push(message));
    await Promise.all(
      sockets.map(async ({ socket, expected }) => {
        for (let count = 0; count < 5; count += 1) assert.equal(await helloTo(socket), expected);
      }),
    );
    assert.ok(broadcasts.length >= 200);
    assert.deepEqual([...new Set(broadcasts)], ["baggage: none"]);
  });

  it("fails in words when helloworld is down or says no", async () => {
    const down = client(urlOf(await start(await deadUrl())));
    assert.equal(await helloTo(down), "error(ECONNREFUSED)");
    const bad = await started.fake((_request, response) => response.writeHead(503).end());
    assert.equal(await helloTo(client(urlOf(await start(bad)))), "error(503)");
  });

  for (const id of ["", "x".repeat(129), 5, null, { a: 1 }]) {
    it(`fails in words on the client id ${JSON.stringify(id).slice(0, 10)}`, async () => {
      const socket = client(urlOf(await start(await echoingHelloworld())));
      assert.equal(await helloTo(socket, id), "error(bad client id)");
    });
  }

  it("logs a client that does not acknowledge, and goes on", async () => {
    const app = await start(await echoingHelloworld(), { ackTimeoutMilliseconds: 50 });
    const socket = client(urlOf(app));
    socket.emit("test000", "id");
    const logged = () =>
      started.log.some((entry) => entry.kind === "event" && entry.event === "client did not acknowledge hello");
    await until(logged, "logged");
    assert.equal(await helloTo(socket), "baggage: none");
  });

  it("closes open sockets with 1001 after the drain, so that clients come back", async () => {
    const app = await start(await echoingHelloworld(), { drainSeconds: 2 });
    const raw = new WebSocket(`ws://${localhost}:${app.port}/socket.io/?EIO=4&transport=websocket`);
    const polling = client(urlOf(app), undefined, ["polling"]);
    const socket = client(urlOf(app), "lane=v2");
    await Promise.all([once(raw, "open"), connected(socket), connected(polling)]);
    const closed = once(raw, "close");
    const reason = new Promise((resolve) => socket.once("disconnect", resolve));
    const stopped = app.stop();
    assert.equal(await helloTo(socket), "baggage: lane=v2", "an open socket goes on while the server drains");
    assert.equal((await closed)[0], 1001);
    assert.equal(await reason, "transport close", "after which a socket.io client connects again");
    await stopped;
  });

  it("reads its config", () => {
    assert.deepEqual(readWskConfig({}), {
      service: "wsk",
      version: "v1",
      port: 5000,
      drainSeconds: 20,
      faults: noFaults,
      helloworld: new URL("http://helloworld:5000/hello"),
      helloworldTimeoutMilliseconds: 5000,
      forwardHeaders: ["baggage", "traceparent", "tracestate"],
      ackTimeoutMilliseconds: 5000,
      broadcastMilliseconds: 1000,
      heartbeatSeconds: 30,
    });
  });

  it("fails on a wrong config", () => {
    assert.throws(
      () => readWskConfig({ HELLOWORLD_URL: "ws://a", BROADCAST_MS: "0", HEARTBEAT_SECONDS: "-1" }),
      /HELLOWORLD_URL.*BROADCAST_MS.*HEARTBEAT_SECONDS/s,
    );
  });
});
