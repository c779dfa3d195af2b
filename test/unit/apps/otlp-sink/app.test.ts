import assert from "node:assert/strict";
import { startSink } from "../../../../apps/otlp-sink/app";
import { readSinkConfig } from "../../../../apps/otlp-sink/config";
import { serviceNames } from "../../../../apps/otlp-sink/service-names";
import { get, localhost, Started, testServerConfig, urlOf } from "../app-test";

/** KeyValue `service.name` with a string value, in protobuf. */
function attribute(name: string, key = "service.name"): Buffer {
  const text = (value: string) => [0x0a, Buffer.byteLength(value), ...Buffer.from(value)];
  const value = text(name);
  return Buffer.from([...text(key), 0x12, value.length, ...value]);
}

describe("apps/otlp-sink", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  it("counts what it is sent, by signal and service", async () => {
    const app = await started.app(startSink({ ...testServerConfig, service: "sink" }, started.write, localhost));
    const post = (path: string, ...names: string[]) =>
      fetch(urlOf(app, path), { method: "POST", body: Buffer.concat(names.map((name) => attribute(name))) });
    for (const answer of [await post("/v1/traces", "mockb", "mocka"), await post("/v1/traces", "mocka")]) {
      assert.deepEqual([answer.status, await answer.text()], [200, ""]);
      assert.equal(answer.headers.get("content-type"), "application/x-protobuf");
    }
    await post("/v1/metrics", "mocka");
    const { body, status } = await get(urlOf(app));
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(body), {
      traces: { requests: 2, services: ["mocka", "mockb"] },
      metrics: { requests: 1, services: ["mocka"] },
      logs: { requests: 0, services: [] },
    });
  });

  it("counts nothing that is no OTLP", async () => {
    const app = await started.app(startSink({ ...testServerConfig, service: "sink" }, started.write, localhost));
    await fetch(urlOf(app, "/v1/other"), { method: "POST", body: attribute("mocka") });
    const { body } = await get(urlOf(app, "/v1/traces"));
    assert.equal(JSON.parse(body).traces.requests, 0);
  });

  it("listens on the port of OTLP over HTTP by default", () => {
    assert.equal(readSinkConfig({}).port, 4318);
  });
});

describe("serviceNames", () => {
  it("finds each name among other bytes, and no other attribute", () => {
    const noise = Buffer.from([0, 255, 10, 12]);
    const body = Buffer.concat([noise, attribute("mocka"), noise, attribute("x", "service.nam"), attribute("möckb")]);
    assert.deepEqual(serviceNames(body), ["mocka", "möckb"]);
  });

  it("passes over what ends too early or is no string", () => {
    assert.deepEqual(serviceNames(Buffer.from("\x0a\x0cservice.name\x12", "latin1")), []);
    assert.deepEqual(serviceNames(Buffer.from("\x0a\x0cservice.name\x12\x02\x10\x01", "latin1")), []);
    assert.deepEqual(serviceNames(Buffer.alloc(0)), []);
  });
});
