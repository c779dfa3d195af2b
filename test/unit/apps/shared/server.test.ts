import assert from "node:assert/strict";
import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import net from "node:net";
import { setTimeout } from "node:timers/promises";
import { type EnvReader, readEnv } from "../../../../apps/shared/env";
import { type Faults, noFaults } from "../../../../apps/shared/faults";
import { AppServer, type RequestHandler, readServerConfig } from "../../../../apps/shared/server";
import { get, localhost, Started, testServerConfig, until, urlOf } from "../app-test";

describe("apps/shared/server", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  function start(handler: RequestHandler, drainSeconds = 0, faults: Faults = noFaults): Promise<AppServer> {
    const options = { ...testServerConfig, drainSeconds, faults, service: "demo", handler, log: started.write };
    return started.app(AppServer.start({ ...options, host: localhost }));
  }

  const events = () => started.log.map((entry) => (entry.kind === "event" ? entry.event : entry.kind));

  it("answers probes without asking the handler or logging", async () => {
    const app = await start(() => assert.fail("handler called"));
    assert.deepEqual(
      [(await get(urlOf(app, "/healthz"))).body, (await get(urlOf(app, "/readyz"))).body],
      ["ok\n", "ready\n"],
    );
    assert.deepEqual(events(), ["listening"]);
  });

  it("leaves it to a proxy to close an idle connection: Envoy's own limit is an hour", async () => {
    const app = await start(() => {});
    const { keepAliveTimeout, headersTimeout, requestTimeout } = app.http;
    for (const limit of [keepAliveTimeout, headersTimeout, requestTimeout]) assert.ok(limit > 3_600_000, `${limit} ms`);
  });

  it("logs one line a request, without query and headers, and says who served it", async () => {
    const app = await start((_request, response) => void response.writeHead(418).end());
    const answer = await get(urlOf(app, "/a/b?secret=1"), { baggage: "token=1" });
    assert.deepEqual([answer.status, answer.headers["x-served-by"]], [418, "demo/v1"]);
    await until(() => started.log.length === 2, "log line");
    const [, entry] = started.log;
    assert.ok(entry?.kind === "request");
    const { ms, ...rest } = entry;
    assert.ok(ms >= 0);
    assert.deepEqual(rest, { kind: "request", method: "GET", path: "/a/b", status: 418 });
  });

  it("fails one request with 500 when the handler throws, and goes on", async () => {
    const app = await start(async (request, response) => {
      if (request.url === "/bad") throw new Error("boom");
      response.end("fine");
    });
    const bad = await get(urlOf(app, "/bad"));
    assert.deepEqual([bad.status, bad.body], [500, '{"error":"internal error"}\n']);
    assert.equal((await get(urlOf(app, "/good"))).body, "fine");
    assert.ok(started.log.some((entry) => entry.kind === "event" && entry.detail === "boom"));
  });

  it("fails what it is told to fail, and answers probes as ever", async () => {
    const app = await start(() => assert.fail("handler called"), 0, { ...noFaults, failPercent: 100 });
    const { status, body } = await get(urlOf(app));
    assert.deepEqual([status, body], [503, '{"error":"fails on purpose (FAIL_PERCENT)"}\n']);
    assert.equal((await get(urlOf(app, "/readyz"))).status, 200);
  });

  it("fails a share of what it is asked", async () => {
    const app = await start((_request, response) => void response.end(), 0, { ...noFaults, failPercent: 50 });
    const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await get(urlOf(app))).status));
    // Chance gives neither of them with a likelihood of 2 to the power of -99.
    assert.deepEqual([...new Set(statuses)].sort(), [200, 503]);
  });

  it("answers late what is to be slow", async () => {
    const faults = { ...noFaults, slowPercent: 100, slowMilliseconds: 100 };
    const app = await start((_request, response) => void response.end("fine"), 0, faults);
    const startedAt = performance.now();
    assert.equal((await get(urlOf(app))).body, "fine");
    assert.ok(performance.now() - startedAt > 95);
  });

  it("lets a request end after the stop, then refuses connections", async () => {
    let held: ServerResponse | undefined;
    const app = await start((_request, response) => {
      held = response;
    }, 5);
    const url = urlOf(app);
    const answer = get(url, { connection: "keep-alive" });
    await until(() => held !== undefined, "request arrived");
    const stopped = app.stop();
    await assert.rejects(get(url), { code: "ECONNREFUSED" });
    held?.end("late");
    const { status, body, headers } = await answer;
    assert.deepEqual([status, body, headers.connection], [200, "late", "close"]);
    await stopped;
    assert.deepEqual(events(), ["listening", "draining", "request", "stopped"]);
  });

  it("closes a connection that was promised to be kept", async () => {
    let held: ServerResponse | undefined;
    const app = await start((_request, response) => {
      held = response;
    }, 5);
    const agent = new http.Agent({ keepAlive: true });
    started.later(() => agent.destroy());
    const request = http.get(urlOf(app), { agent });
    await until(() => held !== undefined, "request arrived");
    // The answer's headers are out before the stop, its end comes after: this connection said keep-alive.
    held?.write("a");
    const [response] = (await once(request, "response")) as [IncomingMessage];
    assert.equal(response.headers.connection, "keep-alive");
    const stopped = app.stop();
    held?.end("b");
    response.resume();
    const startedAt = Date.now();
    await stopped;
    assert.ok(Date.now() - startedAt < 4000, "waited for an idle connection");
  });

  it("answers a probe with 503 when its request was only half there at the stop", async () => {
    const app = await start(() => {}, 5);
    const socket = net.connect(app.port, localhost);
    socket.write("GET /readyz HTTP/1.1\r\n");
    await once(app.http, "connection");
    await setTimeout(50);
    const stopped = app.stop();
    socket.write("Host: demo\r\n\r\n");
    const [answer] = await once(socket.setEncoding("utf8"), "data");
    assert.match(answer, /^HTTP\/1.1 503 /);
    assert.match(answer, /connection: close/i);
    await stopped;
  });

  it("cuts a request that does not end, 2 seconds after the drain", async () => {
    let held = false;
    const app = await start(() => {
      held = true;
    });
    const answer = get(urlOf(app));
    answer.catch(() => {});
    await until(() => held, "request arrived");
    await app.stop();
    await assert.rejects(answer, { code: "ECONNRESET" });
    await until(
      () => started.log.some((entry) => entry.kind === "request" && entry.aborted === true),
      "aborted is logged",
    );
  });

  it("stops once, however often it is told to", async () => {
    const app = await start((_request: IncomingMessage, response) => void response.end());
    await Promise.all([app.stop(), app.stop()]);
    assert.deepEqual(events(), ["listening", "draining", "stopped"]);
  });

  it("fails to start on a port that is taken, and says what to do", async () => {
    const taken = http.createServer().listen(0, localhost);
    await once(taken, "listening");
    started.later(() => taken.close());
    const { port } = taken.address() as { port: number };
    const options = { ...testServerConfig, port, service: "demo", handler: () => {}, log: started.write };
    await assert.rejects(AppServer.start({ ...options, host: localhost }), {
      message: `port ${port} is taken: set PORT to another one`,
    });
  });

  const read = (env: EnvReader) => readServerConfig(env, { service: "demo", port: 8000 });

  it("reads its config", () => {
    assert.deepEqual(readEnv({}, read), {
      service: "demo",
      version: "v1",
      port: 8000,
      drainSeconds: 20,
      faults: noFaults,
    });
    const faults = { FAIL_PERCENT: "5", SLOW_PERCENT: "50", SLOW_MS: "200" };
    assert.deepEqual(readEnv({ SERVICE_NAME: "a", VERSION: "v2", PORT: "1", DRAIN_SECONDS: "0", ...faults }, read), {
      ...{ service: "a", version: "v2", port: 1, drainSeconds: 0 },
      faults: { failPercent: 5, slowPercent: 50, slowMilliseconds: 200 },
    });
  });

  it("fails on a wrong config", () => {
    assert.throws(
      () => readEnv({ PORT: "65536", VERSION: "v 2", DRAIN_SECONDS: "soon" }, read),
      /VERSION.*PORT.*DRAIN_SECONDS/s,
    );
  });
});
