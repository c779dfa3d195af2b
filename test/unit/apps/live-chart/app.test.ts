import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { Script } from "node:vm";
import { WebSocket } from "ws";
import { startChart } from "../../../../apps/live-chart/app";
import { readChartConfig } from "../../../../apps/live-chart/config";
import { noFaults } from "../../../../apps/shared/faults";
import type { AppServer } from "../../../../apps/shared/server";
import { get, localhost, Started, testServerConfig, until, urlOf } from "../app-test";

describe("apps/live-chart", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  const start = () => {
    const config = { ...testServerConfig, service: "live-chart", heartbeatSeconds: 0, instance: "pod-1" };
    return started.app(startChart(config, started.write, localhost));
  };

  /** One window: every message it was sent so far. */
  async function open(app: AppServer) {
    const socket = new WebSocket(`ws://${localhost}:${app.port}/ws`);
    const messages: Record<string, unknown>[] = [];
    socket.on("message", (data) => messages.push(JSON.parse(String(data))));
    await once(socket, "open");
    return { socket, messages };
  }

  const state = async (app: AppServer) => JSON.parse((await get(urlOf(app, "/api/state"))).body).bars;

  it("serves a page that needs nothing else and allows only its own style and script", async () => {
    const { status, headers, body } = await get(urlOf(await start()));
    assert.deepEqual(
      [status, headers["content-type"], headers["cache-control"]],
      [200, "text/html; charset=utf-8", "no-store"],
    );
    assert.doesNotMatch(body, /(src|href)="(?!data:)/);
    for (const [directive, tag] of [
      ["script-src", "script"],
      ["style-src", "style"],
    ] as const) {
      const [, content = ""] = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(body) ?? [];
      const hash = createHash("sha256").update(content).digest("base64");
      assert.ok(String(headers["content-security-policy"]).includes(`${directive} 'sha256-${hash}'`), directive);
    }
  });

  it("serves a script that can be parsed and that takes ws or wss from the page's own protocol", async () => {
    const { body } = await get(urlOf(await start()));
    const [, script = ""] = /<script>(.*?)<\/script>/s.exec(body) ?? [];
    new Script(script);
    assert.match(script, /location\.protocol === "https:" \? "wss:\/\/" : "ws:\/\/"/);
  });

  it("pushes a new value to all windows and keeps it", async () => {
    const app = await start();
    const windows = [await open(app), await open(app), await open(app), await open(app)];
    const answer = await get(urlOf(app, "/api?id=8&value=300"));
    assert.deepEqual([answer.status, answer.body], [200, '{"id":8,"value":300}\n']);
    for (const { messages } of windows) {
      await until(() => messages.some(({ type }) => type === "value"), "pushed");
      assert.deepEqual(messages.at(-1), { type: "value", id: 8, value: 300 });
    }
    assert.deepEqual((await state(app))[7], { id: 8, value: 300 });
  });

  it("begins each window with everything, and tells how many there are", async () => {
    const app = await start();
    const one = await open(app);
    await get(urlOf(app, "/api?id=1&value=0"));
    const two = await open(app);
    await until(() => two.messages.length === 2, "first messages");
    assert.deepEqual(two.messages, [
      { type: "state", bars: await state(app), version: "v1", instance: "pod-1" },
      { type: "windows", count: 2 },
    ]);
    two.socket.close();
    await until(() => one.messages.at(-1)?.count === 1, "count went down");
  });

  it("has ten bars", async () => {
    const ids = (await state(await start())).map(({ id }: { id: number }) => id);
    assert.deepEqual(ids, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  const id = "give a whole number from 1 to 10";
  const value = "give a whole number from 0 to 1000";
  const failures: readonly [query: string, error: string][] = [
    ["", `id is missing: ${id}; value is missing: ${value}`],
    ["?id=0&value=1", `id is "0": ${id}`],
    ["?id=11&value=1", `id is "11": ${id}`],
    ["?id=1.5&value=1", `id is "1.5": ${id}`],
    ["?id=1&value=1001", `value is "1001": ${value}`],
    ["?id=1&value=-1", `value is "-1": ${value}`],
    ["?id=1&value=", `value is "": ${value}`],
    ["?id=1&value=1e2", `value is "1e2": ${value}`],
    ["?id=1&id=2&value=1", `id is given more than once: ${id}`],
    ["?id=<b>&value=NaN", `id is "<b>": ${id}; value is "NaN": ${value}`],
  ];
  for (const [query, error] of failures) {
    it(`fails with 400 on /api${query}, and changes nothing`, async () => {
      const app = await start();
      const before = await state(app);
      const answer = await get(urlOf(app, `/api${query}`));
      assert.deepEqual([answer.status, JSON.parse(answer.body)], [400, { error }]);
      assert.deepEqual(await state(app), before);
    });
  }

  it("fails with 405 on other methods, and changes nothing", async () => {
    const app = await start();
    const before = await state(app);
    for (const method of ["POST", "HEAD", "DELETE"]) {
      const answer = await get(urlOf(app, "/api?id=8&value=300"), {}, method);
      assert.deepEqual([answer.status, answer.headers.allow], [405, "GET"]);
    }
    assert.deepEqual(await state(app), before);
  });

  it("fails with 404 on other paths", async () => {
    const app = await start();
    assert.equal((await get(urlOf(app, "/api/"))).status, 404);
    await assert.rejects(once(new WebSocket(`ws://${localhost}:${app.port}/`), "open"), /404/);
  });

  it("closes its windows with 1001 when it stops", async () => {
    const app = await start();
    const { socket } = await open(app);
    const closed = once(socket, "close");
    await app.stop();
    assert.equal((await closed)[0], 1001);
  });

  it("reads its config", () => {
    assert.deepEqual(readChartConfig({ INSTANCE: "pod-1", HEARTBEAT_SECONDS: "0" }), {
      service: "live-chart",
      version: "v1",
      port: 8888,
      drainSeconds: 20,
      faults: noFaults,
      heartbeatSeconds: 0,
      instance: "pod-1",
    });
  });

  it("fails on a wrong config", () => {
    assert.throws(() => readChartConfig({ HEARTBEAT_SECONDS: "often" }), /HEARTBEAT_SECONDS: "often"/);
  });
});
