import assert from "node:assert/strict";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { type MockConfig, readMockConfig } from "../../../../apps/mock/config";
import { startGrpcMock } from "../../../../apps/mock/grpc/app";
import { MockClient } from "../../../../apps/mock/grpc/client";
import { type HealthReply, healthService, mockService, type Reply } from "../../../../apps/mock/grpc/contract";
import { mockName } from "../../../../apps/mock/grpc/names";
import type { GrpcServer } from "../../../../apps/mock/grpc/server";
import { noFaults } from "../../../../apps/shared/faults";
import { deadUrl, localhost, Started, testServerConfig, until } from "../app-test";

describe("apps/mock over gRPC", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  async function start(service: string, upstream?: URL, more: Partial<MockConfig> = {}) {
    const config: MockConfig = {
      ...{
        ...testServerConfig,
        service,
        upstream,
        upstreamTimeoutMilliseconds: 2000,
        ip: "10.0.0.1",
        protocol: "grpc",
        grpcPort: undefined,
      },
      ...{ forwardHeaders: ["baggage"], callsHeader: undefined, echoHeaders: ["baggage", "version"] },
      ...more,
    };
    const server = await startGrpcMock(config, started.write, localhost);
    started.later(() => server.stop());
    return { server, url: new URL(`http://${localhost}:${server.port}`) };
  }

  const mock = async (...args: Parameters<typeof start>): Promise<URL> => (await start(...args)).url;

  /** mocka v1 -> mockb v2 -> mockc v1 */
  const chain = async (more: Partial<MockConfig> = {}): Promise<URL> => {
    const mockb = await mock("mockb", await mock("mockc", undefined, more), { version: "v2", ...more });
    return mock("mocka", mockb, more);
  };

  function client(url: URL): MockClient {
    const made = new MockClient(url.host);
    started.later(() => made.close());
    return made;
  }

  function metadata(values: Record<string, string | string[]> = {}): Metadata {
    const made = new Metadata();
    for (const [name, value] of Object.entries(values)) for (const one of [value].flat()) made.add(name, one);
    return made;
  }

  const call = (url: URL, values?: Record<string, string | string[]>) => client(url).call(metadata(values), {});
  const failure = (url: URL, values?: Record<string, string | string[]>): Promise<ServiceError> =>
    call(url, values).then(
      ({ text }) => assert.fail(text),
      (error) => error,
    );
  const text = (service: string, version = "v1") => `-> ${service}(version: ${version}, ip: 10.0.0.1)`;
  const whole = text("mocka") + text("mockb", "v2") + text("mockc");

  it("fails what it is told to fail, calls and streams", async () => {
    const url = await mock("mocka", undefined, { faults: { ...noFaults, failPercent: 100 } });
    const { code, details } = await failure(url);
    assert.deepEqual([code, details], [status.UNAVAILABLE, "fails on purpose (FAIL_PERCENT)"]);
    const stream = client(url).watch({ messages: 1, intervalMilliseconds: 0 }, metadata(), {});
    await assert.rejects(stream.toArray(), { code: status.UNAVAILABLE });
  });

  it("answers a chain of three with the text of the HTTP side, and with what each hop saw", async () => {
    const reply = await call(await chain(), { baggage: ["a=1", "lane=v2"], version: "v2", other: "x" });
    assert.equal(reply.text, whole);
    const seen = reply.hops.map(({ service, version, headers }) => [service, version, { ...headers }]);
    // Node has joined the two lines already.
    const baggage = "a=1, lane=v2";
    assert.deepEqual(seen, [
      ["mocka", "v1", { baggage, version: "v2" }],
      ["mockb", "v2", { baggage }],
      ["mockc", "v1", { baggage }],
    ]);
  });

  it("streams through the chain, one lane for the whole stream", async () => {
    const url = await chain();
    const stream = client(url).watch({ messages: 3, intervalMilliseconds: 1 }, metadata({ baggage: "lane=v2" }), {});
    const replies = (await stream.toArray()) as Reply[];
    assert.deepEqual(
      replies.map((reply) => [reply.text, reply.hops.map(({ headers }) => headers.baggage)]),
      Array(3).fill([whole, ["lane=v2", "lane=v2", "lane=v2"]]),
    );
    const paths = started.log.filter(({ kind }) => kind === "grpc");
    assert.deepEqual(new Set(paths.map((entry) => "path" in entry && entry.path)), new Set([`/${mockName}/Watch`]));
    assert.equal(paths.length, 3);
  });

  it("ends a stream at every hop when its client goes", async () => {
    const url = await chain();
    const stream = client(url).watch({ messages: 1000, intervalMilliseconds: 20 }, metadata(), {});
    stream.on("error", () => {});
    stream.once("data", () => stream.cancel());
    await until(() => started.log.filter(({ kind }) => kind === "grpc").length === 3, "three streams to end");
  });

  it("forwards only what it is told to, and a traceparent only when there is one", async () => {
    const forwardHeaders = ["traceparent", "tracestate", "x-request-id"];
    const url = await chain({ forwardHeaders, echoHeaders: [...forwardHeaders, "baggage"] });
    const last = async (values: Record<string, string | string[]>) => {
      const { hops } = await call(url, values);
      return { ...hops[2]?.headers };
    };
    const sent = { traceparent: "00-a-b-01", tracestate: "k=v", "x-request-id": "7", baggage: "lane=v2" };
    assert.deepEqual(await last(sent), { traceparent: "00-a-b-01", tracestate: "k=v", "x-request-id": "7" });
    assert.deepEqual(await last({ ...sent, traceparent: ["00-a-b-01", "00-c-d-01"] }), { "x-request-id": "7" });
  });

  it("keeps the lanes of calls at the same time apart", async () => {
    const to = client(await chain());
    const lanes = Array.from({ length: 100 }, (_, index) => `lane=v${index}`);
    const replies = await Promise.all(lanes.map((baggage) => to.call(metadata({ baggage }), {})));
    assert.deepEqual(
      replies.map(({ hops }) => hops.map(({ headers }) => headers.baggage)),
      lanes.map((lane) => [lane, lane, lane]),
    );
  });

  it("makes the calls that a client names, where it may", async () => {
    const [mocka, mockb, mockc] = await Promise.all(
      ["mocka", "mockb", "mockc"].map((name) => mock(name, undefined, { callsHeader: "x-calls" })),
    );
    assert.ok(mocka && mockb && mockc);
    const reply = await call(mocka, { "x-calls": `${mockb.host},${mockc.host}` });
    assert.equal(reply.text, text("mocka") + text("mockb") + text("mockc"));
    const { code, details } = await failure(mocka, { "x-calls": "nonsense" });
    assert.deepEqual([code, details], [status.INVALID_ARGUMENT, "x-calls: not host:port,host:port"]);
  });

  it("fails with UNAVAILABLE, the hops before the one that failed, and the reason", async () => {
    const url = await mock("mocka", await mock("mockb", await deadUrl()));
    const { code, details } = await failure(url);
    assert.deepEqual([code, details], [status.UNAVAILABLE, `${text("mocka")}${text("mockb")}-> error(UNAVAILABLE)`]);
    const stream = client(url).watch({ messages: 1, intervalMilliseconds: 0 }, metadata(), {});
    await assert.rejects(stream.toArray(), { code: status.UNAVAILABLE, details });
  });

  it("fails when the upstream does not speak gRPC", async () => {
    const silent = await started.fake(() => {});
    const { details } = await failure(await mock("mocka", silent, { upstreamTimeoutMilliseconds: 300 }));
    assert.match(details, /^-> mocka\(version: v1, ip: 10\.0\.0\.1\)-> error\((DEADLINE_EXCEEDED|UNAVAILABLE)\)$/);
  });

  it("refuses streams that are longer than anybody needs", async () => {
    const url = await mock("mocka");
    for (const wrong of [{ messages: 1001 }, { messages: -1 }, { intervalMilliseconds: 60_001 }]) {
      const stream = client(url).watch({ messages: 1, intervalMilliseconds: 0, ...wrong }, metadata(), {});
      await assert.rejects(stream.toArray(), { code: status.INVALID_ARGUMENT });
    }
  });

  describe("its health service", () => {
    const health = (url: URL, service: string): Promise<HealthReply> => {
      const { path, requestSerialize, responseDeserialize } = healthService.Check;
      const to = new Client(url.host, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
      started.later(() => to.close());
      return new Promise((resolve, reject) =>
        to.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, (error, reply) =>
          reply ? resolve(reply) : reject(error),
        ),
      );
    };

    it("is well while calls fail on purpose", async () => {
      const url = await mock("mocka", undefined, { faults: { ...noFaults, failPercent: 100 } });
      assert.deepEqual(await health(url, ""), { status: "SERVING" });
    });

    it("knows the server, its service and no other", async () => {
      const url = await mock("mocka");
      assert.deepEqual(await health(url, ""), { status: "SERVING" });
      assert.deepEqual(await health(url, mockName), { status: "SERVING" });
      await assert.rejects(health(url, "else"), { code: status.NOT_FOUND });
    });
  });

  describe("when it stops", () => {
    /** A stream that has begun, and what becomes of it. */
    async function streaming(messages: number, drainSeconds: number) {
      const { server, url } = await start("mocka", undefined, { drainSeconds });
      const stream = client(url).watch({ messages, intervalMilliseconds: 20 }, metadata(), {});
      let count = 0;
      stream.on("data", () => {
        count += 1;
      });
      const ended = new Promise<number>((resolve) => {
        stream.on("error", ({ code }: ServiceError) => resolve(code));
        stream.on("end", () => resolve(status.OK));
      });
      await until(() => count > 0, "the stream to begin");
      return { server, ended, count: () => count };
    }

    const stopped = async (server: GrpcServer) => {
      await server.stop();
      await server.stop();
      return started.log.filter((entry) => entry.kind === "event").map((entry) => entry.event);
    };

    it("lets streams end", async () => {
      const { server, ended, count } = await streaming(10, 20);
      assert.deepEqual(await stopped(server), ["listening", "draining", "stopped"]);
      assert.deepEqual([await ended, count()], [status.OK, 10]);
    });

    it("cuts them after the drain time", async () => {
      const { server, ended } = await streaming(1000, 0);
      assert.deepEqual(await stopped(server), ["listening", "draining", "stopped"]);
      assert.notEqual(await ended, status.OK);
    });
  });

  it("tells what is wrong with its environment", () => {
    const wrong = { PROTOCOL: "grpc", FORWARD_HEADERS: "baggage,x!y,trace-bin,grpc-tags", CALLS_HEADER: "x-calls" };
    assert.throws(() => readMockConfig(wrong), /"x!y" is no metadata(.|\n)*"trace-bin" is(.|\n)*"grpc-tags" is/);
    assert.throws(() => readMockConfig({ PROTOCOL: "thrift" }), /PROTOCOL: "thrift"\n {4}expected: http or grpc/);
    assert.equal(readMockConfig({}).protocol, "http");
  });

  it("says that its port is taken", async () => {
    const { server } = await start("mocka");
    await assert.rejects(mock("mockb", undefined, { port: server.port }), /cannot listen on port \d+: .*EADDRINUSE/);
  });

  it("has the names that the contract says", () => {
    assert.deepEqual([mockService.Call.path, mockService.Watch.path], [`/${mockName}/Call`, `/${mockName}/Watch`]);
  });
});
