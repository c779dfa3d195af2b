import assert from "node:assert/strict";
import { hostname } from "node:os";
import { startHelloworld } from "../../../../apps/helloworld/app";
import { readHelloworldConfig } from "../../../../apps/helloworld/config";
import { noFaults } from "../../../../apps/shared/faults";
import { get, localhost, Started, testServerConfig, urlOf } from "../app-test";

describe("apps/helloworld", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  const start = () => {
    const config = { ...testServerConfig, service: "helloworld", version: "v2", instance: "pod-1" };
    return started.app(startHelloworld(config, started.write, localhost));
  };

  it("says version and instance", async () => {
    const answer = await get(urlOf(await start(), "/hello?x=1"));
    assert.deepEqual([answer.status, answer.body], [200, "Hello version: v2, instance: pod-1"]);
  });

  it("fails with 404 elsewhere", async () => {
    assert.equal((await get(urlOf(await start(), "/hello/"))).status, 404);
  });

  it("reads its config", () => {
    const server = { service: "helloworld", version: "v1", port: 5000, drainSeconds: 20, faults: noFaults };
    const expected = { ...server, instance: hostname() };
    assert.deepEqual(readHelloworldConfig({}), expected);
  });

  it("fails on a wrong config", () => assert.throws(() => readHelloworldConfig({ PORT: "http" }), /PORT: "http"/));
});
