import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { WebSocket } from "ws";
import { startMock } from "../../../../apps/mock/app";
import { type MockConfig, readMockConfig } from "../../../../apps/mock/config";
import { startGrpcMock } from "../../../../apps/mock/grpc/app";
import { chainHeader } from "../../../../apps/mock/hops";
import { noFaults } from "../../../../apps/shared/faults";
import { deadUrl, get, localhost, Started, testServerConfig, urlOf } from "../app-test";

describe("apps/mock", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  const common = {
    ...testServerConfig,
    protocol: "http",
    grpcPort: undefined,
    upstreamTimeoutMilliseconds: 2000,
    ip: "10.0.0.1",
    forwardHeaders: ["baggage"],
    callsHeader: undefined,
    echoHeaders: ["baggage", "version"],
  } as const;

  async function mock(service: string, upstream?: URL, more: Partial<MockConfig> = {}): Promise<URL> {
    const config: MockConfig = { ...common, service, upstream, ...more };
    return urlOf(await started.app(startMock(config, started.write, localhost)), "/mock");
  }

  const text = (service: string, version = "v1") => `-> ${service}(version: ${version}, ip: 10.0.0.1)`;
  const hop = (service: string, headers: Record<string, string>) => ({
    service,
    version: "v1",
    ip: "10.0.0.1",
    headers,
  });

  it("answers a chain as text, on every path", async () => {
    const url = await mock("mocka", await mock("mockb", await mock("mockc"), { version: "v2" }));
    const answer = await get(new URL("/any?x=1", url));
    assert.deepEqual(
      [answer.status, answer.body, answer.headers["x-served-by"]],
      [200, text("mocka") + text("mockb", "v2") + text("mockc"), "mocka/v1"],
    );
  });

  it("answers a chain as JSON, with the lane headers each hop saw", async () => {
    const url = await mock("mocka", await mock("mockb"));
    const answer = await get(url, {
      accept: "text/html, application/json;q=0.9",
      baggage: ["a=1", "lane=v2"],
      version: "v2",
    });
    assert.deepEqual(JSON.parse(answer.body), {
      hops: [hop("mocka", { baggage: "a=1,lane=v2", version: "v2" }), hop("mockb", { baggage: "a=1,lane=v2" })],
    });
  });

  it("answers a HEAD with the chain in a header", async () => {
    const url = await mock("mocka", await mock("mockb"));
    const answer = await fetch(url, { method: "HEAD", headers: { accept: "application/json" } });
    const chain = Buffer.from(answer.headers.get(chainHeader) ?? "", "base64").toString();
    assert.deepEqual([answer.status, JSON.parse(chain)], [200, { hops: [hop("mocka", {}), hop("mockb", {})] }]);
  });

  it("calls a service of gRPC, whose chain it answers in both forms", async () => {
    const grpc = async (service: string, upstream?: URL, callsHeader?: string) => {
      const config: MockConfig = { ...common, protocol: "grpc", service, upstream, callsHeader };
      const server = await startGrpcMock(config, started.write, localhost);
      started.later(() => server.stop());
      return new URL(`grpc://${localhost}:${server.port}`);
    };
    const url = await mock("front", await grpc("mockb", await grpc("mockc")));
    const [plain, json] = [
      await get(url),
      await get(url, { accept: "application/json", baggage: "lane=v2", version: "v2" }),
    ];
    assert.deepEqual([plain.status, plain.body], [200, text("front") + text("mockb") + text("mockc")]);
    assert.deepEqual(JSON.parse(json.body), {
      hops: [
        hop("front", { baggage: "lane=v2", version: "v2" }),
        hop("mockb", { baggage: "lane=v2" }),
        hop("mockc", { baggage: "lane=v2" }),
      ],
    });
    // The rest of a chain that is named goes on as metadata, and there a part needs no scheme.
    const named = await mock("front", undefined, { callsHeader: "x-calls" });
    const [first, second] = [await grpc("mockd", undefined, "x-calls"), await grpc("mocke")];
    const answer = await get(named, { "x-calls": `grpc://${first.host},${second.host}` });
    assert.deepEqual([answer.status, answer.body], [200, text("front") + text("mockd") + text("mocke")]);
  });

  it("names the hop of gRPC that failed, and why", async () => {
    const dead = new URL((await deadUrl()).href.replace("http:", "grpc:"));
    const config: MockConfig = { ...common, protocol: "grpc", service: "mockb", upstream: dead };
    const server = await startGrpcMock(config, started.write, localhost);
    started.later(() => server.stop());
    const url = await mock("front", new URL(`grpc://${localhost}:${server.port}`));
    const answer = await get(url);
    assert.deepEqual([answer.status, answer.body], [502, `${text("front") + text("mockb")}-> error(UNAVAILABLE)`]);
    const direct = await get(await mock("front", dead));
    assert.deepEqual([direct.status, direct.body], [502, `${text("front")}-> error(UNAVAILABLE)`]);
  });

  it("forwards the named headers and no others", async () => {
    let seen: IncomingHttpHeaders = {};
    const upstream = await started.fake((request, response) => {
      seen = request.headers;
      response.end();
    });
    await get(await mock("mocka", upstream), { baggage: "lane=v2", version: "v2", cookie: "c=1", "x-request-id": "1" });
    assert.deepEqual(seen, { baggage: "lane=v2", accept: "text/plain", host: upstream.host, connection: "keep-alive" });
    await get(await mock("mocka", upstream, { forwardHeaders: [] }), { baggage: "lane=v2" });
    assert.equal(seen.baggage, undefined);
  });

  it("keeps the lanes of requests at the same time apart", async () => {
    const upstream = await started.fake((request, response) => {
      setTimeout(() => response.end(String(request.headers.baggage)), Math.random() * 20);
    });
    const url = await mock("mocka", upstream);
    const lanes = Array.from({ length: 100 }, (_, index) => `lane=v${index}`);
    const answers = await Promise.all(lanes.map((baggage) => get(url, { baggage })));
    assert.deepEqual(
      answers.map(({ body }) => body),
      lanes.map((lane) => text("mocka") + lane),
    );
  });

  for (const [title, accept, expected] of [
    ["text", "*/*", `${text("mocka")}-> error(ECONNREFUSED)`],
    ["JSON", "application/json", { error: "ECONNREFUSED", hops: [hop("mocka", {})] }],
  ] as const) {
    it(`fails with 502 as ${title} when the upstream is down`, async () => {
      const answer = await get(await mock("mocka", await deadUrl()), { accept });
      assert.equal(answer.status, 502);
      assert.deepEqual(title === "JSON" ? JSON.parse(answer.body) : answer.body, expected);
    });
  }

  it("fails with 502 and the upstream's status", async () => {
    const upstream = await started.fake((_request, response) => response.writeHead(503).end("no healthy upstream"));
    const answer = await get(await mock("mocka", upstream));
    assert.deepEqual([answer.status, answer.body], [502, `${text("mocka")}-> error(503)`]);
  });

  it("fails with 502 and names every hop before the one that failed", async () => {
    const url = await mock("mocka", await mock("mockb", await deadUrl()));
    const answer = await get(url);
    assert.deepEqual([answer.status, answer.body], [502, `${text("mocka")}${text("mockb")}-> error(ECONNREFUSED)`]);
    const json = await get(url, { accept: "application/json" });
    assert.deepEqual(JSON.parse(json.body), { error: "ECONNREFUSED", hops: [hop("mocka", {}), hop("mockb", {})] });
  });

  it("fails with 502 and ETIMEDOUT when the upstream does not answer", async () => {
    const url = await mock("mocka", await started.fake(() => {}), { upstreamTimeoutMilliseconds: 50 });
    assert.equal((await get(url)).body, `${text("mocka")}-> error(ETIMEDOUT)`);
  });

  for (const body of ["hello", "[]", '{"hops":[{"service":"a"}]}', '{"hops":[],"error":5}', '{"hops":{}}']) {
    it(`fails with 502 when the upstream's JSON is no chain: ${body}`, async () => {
      const upstream = await started.fake((_request, response) => response.end(body));
      const answer = await get(await mock("mocka", upstream), { accept: "application/json" });
      assert.equal(answer.status, 502);
      assert.deepEqual(JSON.parse(answer.body), { error: "EBADANSWER", hops: [hop("mocka", {})] });
    });
  }

  it("calls the chain that a client names, where it may, and not its own upstream", async () => {
    const named = { callsHeader: "x-calls" };
    const b = await mock("mockb", undefined, named);
    const c = await mock("mockc", await deadUrl(), named);
    const url = await mock("mocka", await deadUrl(), named);
    const chain = { baggage: "lane=v2", "x-calls": `${c.host},${b.host}` };
    const answer = await get(url, chain);
    assert.deepEqual([answer.status, answer.body], [200, text("mocka") + text("mockc") + text("mockb")]);
    const json = await get(url, { ...chain, accept: "application/json" });
    const seen = { baggage: "lane=v2" };
    assert.deepEqual(JSON.parse(json.body), { hops: [hop("mocka", seen), hop("mockc", seen), hop("mockb", seen)] });
    assert.equal((await get(await mock("mocka"), chain)).body, text("mocka"), "no client names a chain by default");
  });

  for (const value of [
    "mockb",
    "mockb:8000,",
    "http://mockb:8000",
    "mockb:99999",
    "a@b:1",
    `${"a:1,".repeat(16)}a:1`,
  ]) {
    it(`fails with 400 on a chain that is none: ${value.slice(0, 24)}`, async () => {
      const url = await mock("mocka", undefined, { callsHeader: "x-calls" });
      assert.equal((await get(url, { "x-calls": value })).status, 400);
    });
  }

  it("answers each message of a WebSocket with the chain, in the lane of its handshake", async () => {
    const named = { callsHeader: "x-calls" };
    const url = await mock("mocka", await mock("mockb"), named);
    const other = await mock("mockc");
    const headers = { baggage: "lane=v2" };
    for (const [more, callee] of [
      [{}, "mockb"],
      [{ "x-calls": other.host }, "mockc"],
    ] as const) {
      const socket = new WebSocket(url.href.replace("http:", "ws:"), { headers: { ...headers, ...more } });
      await once(socket, "open");
      for (let message = 0; message < 2; message += 1) {
        socket.send("go");
        const [data] = await once(socket, "message");
        assert.deepEqual(JSON.parse(String(data)), { hops: [hop("mocka", headers), hop(callee, headers)] });
      }
      socket.close();
      await once(socket, "close");
    }
  });

  it("closes a WebSocket whose chain is none", async () => {
    const url = await mock("mocka", undefined, { callsHeader: "x-calls" });
    const socket = new WebSocket(url.href.replace("http:", "ws:"), { headers: { "x-calls": "mockb" } });
    const [code] = await once(socket, "close");
    assert.equal(code, 1008);
  });

  it("reads its config", () => {
    const { ip, ...rest } = readMockConfig({
      SERVICE_NAME: "mocka",
      VERSION: "v2",
      UPSTREAM_URL: "http://mockb:8000/mock",
      CALLS_HEADER: "X-Calls",
      FORWARD_HEADERS: "",
      ECHO_HEADERS: "version",
    });
    assert.match(ip, /^\d+\.\d+\.\d+\.\d+$/);
    assert.deepEqual(rest, {
      service: "mocka",
      version: "v2",
      port: 8000,
      grpcPort: undefined,
      protocol: "http",
      drainSeconds: 20,
      faults: noFaults,
      upstream: new URL("http://mockb:8000/mock"),
      upstreamTimeoutMilliseconds: 5000,
      callsHeader: "x-calls",
      forwardHeaders: [],
      echoHeaders: ["baggage", "version"],
    });
  });

  it("fails on a wrong config", () => {
    assert.throws(
      () => readMockConfig({ UPSTREAM_URL: "mockb", UPSTREAM_TIMEOUT_MS: "0", CALLS_HEADER: "a b" }),
      /UPSTREAM_URL: "mockb".*UPSTREAM_TIMEOUT_MS: "0".*CALLS_HEADER: "a b"/s,
    );
  });
});
