import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { CallError, HttpClient } from "../../../../apps/shared/client";
import type { LogEntry } from "../../../../apps/shared/log";
import { deadUrl, localhost, Started } from "../app-test";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok";

describe("apps/shared/client", () => {
  const started = new Started();
  afterEach(() => started.stopAll());

  function client(url: URL, timeout = 2000, log: LogEntry[] = []): HttpClient {
    const made = new HttpClient(url, timeout, (entry) => log.push(entry));
    started.later(() => made.close());
    return made;
  }

  /** A TCP server that answers the nth request (counted over all connections) as told. */
  async function scripted(answer: (count: number, socket: net.Socket) => void): Promise<URL> {
    let count = 0;
    const server = net.createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", () => answer(++count, socket));
      started.later(() => socket.destroy());
    });
    server.listen(0, localhost);
    await once(server, "listening");
    started.later(() => server.close());
    return new URL(`http://${localhost}:${(server.address() as net.AddressInfo).port}/`);
  }

  const code = (expected: string) => (error: unknown) => error instanceof CallError && error.code === expected;

  it("sends the headers it is given and none of its own but host and connection", async () => {
    let seen: readonly string[] = [];
    const url = await started.fake((request, response) => {
      seen = Object.keys(request.headers).sort();
      response.end("ok");
    });
    const answer = await client(url).get({ baggage: "lane=v2" });
    assert.deepEqual([answer.status, answer.body, seen], [200, "ok", ["baggage", "connection", "host"]]);
  });

  it("uses a connection again", async () => {
    const sockets = new Set<unknown>();
    const url = await started.fake((request, response) => {
      sockets.add(request.socket);
      response.end();
    });
    const made = client(url);
    for (let count = 0; count < 5; count += 1) await made.get({});
    assert.equal(sockets.size, 1);
  });

  it("sends again when a kept connection turns out to be closed, and says so", async () => {
    let sent = 0;
    const url = await scripted((count, socket) => {
      sent = count;
      if (count === 2) socket.destroy();
      else socket.write(ok);
    });
    const log: LogEntry[] = [];
    const made = client(url, 2000, log);
    assert.equal((await made.get({})).body, "ok");
    assert.deepEqual(log, []);
    assert.equal((await made.get({})).body, "ok");
    assert.equal(sent, 3);
    assert.deepEqual(log, [{ kind: "event", event: "call sent again", detail: `${url.host} ECONNRESET` }]);
  });

  it("fails without a second try when a new connection is cut", async () => {
    let sent = 0;
    const url = await scripted((count, socket) => {
      sent = count;
      socket.destroy();
    });
    await assert.rejects(client(url).get({}), code("ECONNRESET"));
    assert.equal(sent, 1);
  });

  it("fails with ECONNREFUSED when nobody listens", async () => {
    await assert.rejects(client(await deadUrl()).get({}), code("ECONNREFUSED"));
  });

  it("fails with ETIMEDOUT when no answer comes", async () => {
    await assert.rejects(client(await scripted(() => {}), 50).get({}), code("ETIMEDOUT"));
  });

  it("fails with ETIMEDOUT when an answer does not end", async () => {
    const url = await scripted((_count, socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"));
    await assert.rejects(client(url, 50).get({}), code("ETIMEDOUT"));
  });

  it("fails with EMSGSIZE on an answer of over 1 MiB", async () => {
    const url = await started.fake((_request, response) => response.end("x".repeat(1024 * 1024 + 1)));
    await assert.rejects(client(url).get({}), code("EMSGSIZE"));
  });

  it("fails with ECONNRESET when an answer is cut short", async () => {
    const url = await scripted((_count, socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"));
    await assert.rejects(client(url).get({}), code("ECONNRESET"));
  });
});
