import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { Load } from "../../../e2e/load";
import { LaneLoads } from "../../../e2e/promotion/lane-loads";
import type { Meanwhile } from "../../../e2e/promotion/life";
import { Started, until } from "../../apps/app-test";

const started = new Started();
afterEach(() => started.stopAll());

const request = { path: "/", headers: {} };

describe("load of the end-to-end tests", () => {
  it("sends by the clock, for as long as it is told to", async () => {
    const url = await started.fake((_request, response) => void response.end("here"));
    const load = new Load(String(url), request, 100, ({ body }) => body, { forSeconds: 0.2 });
    await until(() => load.latencies.count === 20, "20 answers");
    assert.deepEqual(await load.stop(), { sent: 20, failures: {}, answers: { here: 20 } });
    assert.ok(load.latencies.slowestMs > 0);
  });

  it("counts an answer for what was done when its request was sent, and a failure too", async () => {
    const waiting: ServerResponse[] = [];
    const url = await started.fake((_request, response) => void waiting.push(response));
    let now = "add";
    const during = () => now;
    const load = new Load(String(url), request, 100, ({ body }) => body, { forSeconds: 0.02, during });
    await until(() => waiting.length === 2, "two requests");
    now = "retire";
    waiting[0]?.end("slow");
    const [, second] = waiting;
    if (second) second.statusCode = 503;
    second?.end("gone");
    const { failures } = await load.stop();
    assert.deepEqual(load.answersDuring, { add: { slow: 1 } });
    assert.deepEqual(failures, { "during add: 503 gone": 1 });
  });
});

describe("loads by lane", () => {
  const chain = (...versions: string[]) =>
    versions.map((version, at) => `-> mock${"abc"[at]}(version: ${version}, ip: 10.0.0.1)`).join("");
  const draining: Meanwhile = {
    title: "drain v1",
    before: { taking: ["v1", "v2"], weighted: ["v2"] },
    after: { taking: ["v2"], weighted: ["v2"] },
  };

  /** Loads that have had an answer each of a server that answers by the lane that is named. */
  async function loads(answer: (lane: string | undefined) => string): Promise<LaneLoads> {
    const url = await started.fake(({ headers }, response) => {
      response.end(answer(headers.version === undefined ? undefined : String(headers.version)));
    });
    const all = new LaneLoads(String(url), { path: "/" }, ["v1", "v2"], 200, draining);
    const answered = () => ["v1", "v2", "no lane"].every((named) => Object.keys(all.answers(named)).length > 0);
    try {
      await until(answered, "an answer of each load");
    } finally {
      await all.stop();
    }
    return all;
  }

  it("find nothing wrong with whole chains of a lane that may be met", async () => {
    const all = await loads((lane = "v2") => chain(lane, lane, lane));
    assert.deepEqual(all.problems(), []);
    assert.match(all.report(), /^\d+ requests in 0 s, .* 0 failed; .*"no lane":\{"v2 v2 v2":\d+\}.*"drain v1":/);
  });

  it("name what met several lanes, and what met another than it may", async () => {
    const all = await loads((lane) => (lane === "v1" ? chain("v1", "v2", "v2") : chain("v1", "v1", "v1")));
    const problems = all.problems().map((text) => text.replace(/\d+ met/, "some met"));
    assert.deepEqual(problems.sort(), [
      "no lane: some met v1 v1 v1 during drain v1",
      "v1: some met v1 v2 v2 during drain v1",
      "v2: some met v1 v1 v1 during drain v1",
    ]);
  });
});
