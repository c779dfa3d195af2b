import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GatewayClient } from "../../../../cli/verify/gateway-client";
import { differences, verifyTable } from "../../../../cli/verify/report";
import { lanePassed, verifyGroup } from "../../../../cli/verify/verify-group";
import { strictGroup } from "./fixtures";

/** A gateway whose answers are given by lane; stands in for the mesh. */
function gateway(answer: (lane: string, count: number) => { status?: number; body: string }): Promise<Server> {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const lane = String(request.headers["x-lane"]);
    const count = (counts.get(lane) ?? 0) + 1;
    counts.set(lane, count);
    const { status = 200, body } = answer(lane, count);
    response.writeHead(status).end(body);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

describe("verifyGroup", () => {
  let server: Server;
  let client: GatewayClient;

  async function run(answer: Parameters<typeof gateway>[0]) {
    server = await gateway(answer);
    client = new GatewayClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return verifyGroup(strictGroup(), client, 20);
  }

  afterEach((done) => {
    client.close();
    server.close(done);
  });

  const chain = (a: string, b: string) => ({
    body: `-> mocka(version: ${a}, ip: 10.0.0.1)-> mockb(version: ${b}, ip: 10.0.0.2)`,
  });

  it("passes when every hop is in its lane", async () => {
    const results = await run((lane) => (lane === "s1" ? chain("v1", "v1") : chain("v2", "v2")));
    assert.equal(results.every(lanePassed), true);
    assert.deepEqual(differences(results), []);
    assert.deepEqual(results[1], {
      group: "shop",
      lane: "s2",
      requests: 20,
      hops: [
        { service: "mocka", expected: "v2", reason: "own", seen: { v2: 20 } },
        { service: "mockb", expected: "v2", reason: "own", seen: { v2: 20 } },
      ],
      failures: {},
    });
  });

  it("sends requests by each entry of a group, and expects the services behind it only", async () => {
    const asked: string[] = [];
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers["x-lane"]}`);
      const version = request.headers["x-lane"] === "s1" ? "v1" : "v2";
      const hop = (name: string) => `-> ${name}(version: ${version}, ip: 10.0.0.1)`;
      response.end(request.url === "/mock" ? hop("mocka") + hop("mockb") : hop("mockb"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    client = new GatewayClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const entry = { service: "mocka", gateway: "istio-system/ingressgateway", header: "x-lane", path: "/mock" };
    const routes = [{ service: "mockb", path: { prefix: "/b/" }, method: "POST", rewrite: "/" }];
    const results = await verifyGroup(strictGroup({ entry: { ...entry, routes } }), client, 1);
    assert.deepEqual(asked, ["POST /b/ s1", "GET /mock s1", "POST /b/ s2", "GET /mock s2"]);
    assert.deepEqual(differences(results), []);
    assert.deepEqual(
      results.map((result) => [
        result.lane,
        result.entry,
        result.hops.map(({ service }) => service),
        lanePassed(result),
      ]),
      [
        ["s1", "mockb", ["mockb"], true],
        ["s1", "mocka", ["mocka", "mockb"], true],
        ["s2", "mockb", ["mockb"], true],
        ["s2", "mocka", ["mocka", "mockb"], true],
      ],
    );
    assert.match(verifyTable(results), /s2 at mockb/);
  });

  it("fails when one request in twenty leaves its lane, naming lane, hop, expected and seen", async () => {
    const results = await run((lane, count) => {
      if (lane === "s1") return chain("v1", "v1");
      return chain("v2", count === 7 ? "v1" : "v2");
    });
    assert.deepEqual(results.map(lanePassed), [true, false]);
    assert.deepEqual(differences(results), ["group shop, lane s2, hop mockb: expected v2, seen v2 x 19, v1 x 1"]);
    assert.match(verifyTable(results), /v2, seen v2 x 19, v1 x 1/);
  });

  it("fails when a hop is missing from the answer", async () => {
    const results = await run(() => ({ body: "-> mocka(version: v1, ip: 10.0.0.1)" }));
    assert.ok(differences(results).includes("group shop, lane s1, hop mockb: expected v1, seen none x 20"));
  });

  it("fails when requests fail, with the reason", async () => {
    const results = await run((lane) =>
      lane === "s1" ? chain("v1", "v1") : { status: 503, body: "no healthy upstream" },
    );
    assert.deepEqual(differences(results).slice(0, 1), [
      "group shop, lane s2: 20 of 20 requests failed: 503 no healthy upstream",
    ]);
  });
});

describe("GatewayClient", () => {
  it("fails as an answer with status 0 when nothing listens", async () => {
    const client = new GatewayClient("http://127.0.0.1:1");
    const answer = await client.send({ path: "/", headers: {} });
    assert.equal(answer.status, 0);
    assert.match(answer.body, /ECONNREFUSED/);
    client.close();
  });
});
