import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpClient } from "../../../../tools/http/client";

describe("HttpClient", () => {
  let server: Server;
  let url: string;
  const sockets = new Set<unknown>();

  before(async () => {
    server = createServer(async (request, response) => {
      sockets.add(request.socket);
      if (request.url === "/silent") return undefined;
      if (request.url === "/broken") return request.socket.destroy();
      let body = "";
      for await (const part of request) body += part;
      response.writeHead(request.url === "/missing" ? 404 : 200, { "x-seen": [`${request.method}`, `${body}`] });
      return response.end(`${request.headers.host} ${request.headers["x-lane"]}`);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after((done) => {
    server.closeAllConnections();
    server.close(done);
  });

  it("sends method, headers, a Host of its own and a body, and reads status, headers and body", async () => {
    const client = new HttpClient(url);
    const headers = { host: "shop.example.com", "x-lane": "v2" };
    const answer = await client.send("/", { method: "PATCH", headers, body: "{}" });
    assert.equal(answer.status, 200);
    assert.equal(answer.body, "shop.example.com v2");
    assert.deepEqual(answer.headers["x-seen"], ["PATCH", "{}"]);
    assert.equal((await client.send("/missing")).status, 404);
    client.close();
  });

  it("keeps its connection", async () => {
    sockets.clear();
    const client = new HttpClient(url, { connections: 1 });
    for (const _request of [1, 2, 3]) await client.send("/");
    assert.equal(sockets.size, 1);
    client.close();
  });

  it("gives status 0 and the reason when no answer comes", async () => {
    const hasty = new HttpClient(url, { timeoutMs: 50 });
    assert.deepEqual(await hasty.send("/silent"), { status: 0, headers: {}, body: "no answer within 50 ms" });
    hasty.close();
    const client = new HttpClient(url);
    assert.match((await client.send("/broken")).body, /other side closed/);
    client.close();
    const nobody = new HttpClient("http://127.0.0.1:1");
    const { status, body } = await nobody.send("/");
    assert.equal(status, 0);
    assert.match(body, /ECONNREFUSED/);
    nobody.close();
  });

  it("takes no notice of a proxy: what it talks to is near", async () => {
    process.env.http_proxy = "http://127.0.0.1:1";
    const client = new HttpClient(url);
    try {
      assert.equal((await client.send("/")).status, 200);
    } finally {
      delete process.env.http_proxy;
      client.close();
    }
  });
});
