import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ConformanceClient } from "../../../conformance/client";
import { hostOf } from "../../../conformance/groups";
import { callsHeader, podPort } from "../../../conformance/lab/pods";

describe("ConformanceClient", () => {
  const seen: { url: string | undefined; headers: string[] }[] = [];
  const sockets = new Set<unknown>();
  let server: Server;
  let client: ConformanceClient;

  before(async () => {
    server = createServer((request, response) => {
      seen.push({ url: request.url, headers: linesOf(request.rawHeaders) });
      sockets.add(request.socket);
      if (request.url === "/broken") return request.socket.destroy();
      if (request.url === "/one") response.setHeader("set-cookie", "lane=v1; Path=/");
      if (request.url === "/two") response.setHeader("set-cookie", ["lane=v1; Path=/", "other=2"]);
      response.statusCode = request.url === "/missing" ? 404 : 200;
      return response.end("no chain");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    client = new ConformanceClient(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
  after((done) => {
    client.close();
    server.closeAllConnections();
    server.close(done);
  });
  beforeEach(() => {
    seen.length = 0;
    sockets.clear();
  });

  it("sends what a case says and nothing else, a header with two values on two lines, and the Host of the group", async () => {
    const request = { path: "/beta/x?a=1", headers: { baggage: ["x-lane=s20,b=2", "x-lane=base"], "x-tag": "s2" } };
    await client.send("strict", request, ["a", "b", "c"], "lane=two");
    assert.deepEqual(seen, [
      {
        url: "/beta/x?a=1",
        headers: [
          "accept: application/json",
          "baggage: x-lane=base",
          "baggage: x-lane=s20,b=2",
          `${callsHeader}: b:${podPort},c:${podPort}`,
          "connection: keep-alive",
          "cookie: lane=two",
          `host: ${hostOf("strict")}`,
          "x-tag: s2",
        ].sort(),
      },
    ]);
  });

  it("keeps its connections, ten at most", async () => {
    for (let round = 0; round < 3; round += 1)
      await Promise.all(Array.from({ length: 30 }, () => client.send("strict", {}, ["a"])));
    assert.equal(seen.length, 90);
    assert.equal(sockets.size, 10);
  });

  for (const [path, cookies] of [
    ["/", []],
    ["/one", ["lane=v1"]],
    ["/two", ["lane=v1", "other=2"]],
  ] as const) {
    it(`reads ${cookies.length} cookies of an answer`, async () => {
      const answer = await client.send("strict", { path }, ["a"]);
      assert.deepEqual(answer, { status: 200, chain: undefined, cookies, body: "no chain" });
    });
  }

  it("takes another status, and no answer as status 0 with the reason", async () => {
    assert.equal((await client.send("strict", { path: "/missing" }, ["a"])).status, 404);
    const { status, body } = await client.send("strict", { path: "/broken" }, ["a"]);
    assert.equal(status, 0);
    assert.notEqual(body, "");
  });
});

/** `name: value`, names in lower case, sorted. */
function linesOf(raw: readonly string[]): string[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [`${name.toLowerCase()}: ${raw[index + 1]}`] : [])).sort();
}
