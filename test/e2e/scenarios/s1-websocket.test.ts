import assert from "node:assert/strict";
import type { Socket } from "socket.io-client";
import { poll } from "../../../tools/poll";
import { clientKinds, clientName, SocketIoClients, versionIn } from "./socket-io-clients";
import { useScenarios } from "./stack";

describe("S1: WebSocket over the whole chain", () => {
  const stack = useScenarios();
  const clients = new SocketIoClients(() => stack().url("default/ws-gateway/http"));

  afterEach(() => clients.closeAll());

  /** The arguments of the next event of that name. */
  function next(socket: Socket, event: string): Promise<unknown[]> {
    return new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
  }

  for (const { header, own } of clientKinds) {
    it(`answers a client ${clientName(header)} from helloworld ${own}, and broadcasts from the baseline`, async () => {
      const client = await clients.connect(header);
      const hello = next(client, "hello");
      const broadcast = next(client, "okok");
      const ack = await client.timeout(10_000).emitWithAck("test000", "client-1");
      const [message, acknowledge] = await hello;
      assert.ok(typeof acknowledge === "function");
      acknowledge("got it");
      assert.equal(versionIn(ack), own);
      assert.equal(versionIn(message), own);
      assert.equal(versionIn((await broadcast)[0]), "v1");
    });
  }

  it("does not cross 200 clients on both lanes at once, and one wsk serves them all", async () => {
    const count = 200;
    const rounds = 5;
    const seen: Record<string, number> = {};
    const broadcasts = new Set<string>();
    const note = (key: string) => {
      seen[key] = (seen[key] ?? 0) + 1;
    };
    // In batches: the handshakes of all at once would only time the machine.
    const all: { client: Socket; lane: string }[] = [];
    for (let at = 0; at < count; at += 20) {
      const lanes = Array.from({ length: 20 }, (_, index) => ((at + index) % 2 === 0 ? "v1" : "v2"));
      all.push(...(await Promise.all(lanes.map(async (lane) => ({ client: await clients.connect(lane), lane })))));
    }
    for (const { client, lane } of all) {
      client.on("okok", (message) => broadcasts.add(versionIn(message)));
      client.on("hello", (message, acknowledge) => {
        note(`lane ${lane} hello ${versionIn(message)}`);
        acknowledge("got it");
      });
    }
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(
        all.map(async ({ client, lane }, index) => {
          const ack = await client.timeout(30_000).emitWithAck("test000", `client-${index}`);
          note(`lane ${lane} ack ${versionIn(ack)}`);
        }),
      );
    }
    const each = (count / 2) * rounds;
    const expected = ["v1", "v2"].flatMap((lane) =>
      ["ack", "hello"].map((kind) => [`lane ${lane} ${kind} ${lane}`, each]),
    );
    const heardAll = () => Object.values(seen).reduce((sum, value) => sum + value, 0) >= 4 * each;
    await poll(heardAll, { withinMs: 10_000, everyMs: 50 });
    assert.deepEqual(Object.fromEntries(Object.entries(seen).sort()), Object.fromEntries(expected));
    assert.deepEqual([...broadcasts], ["v1"]);
    assert.ok(
      all.every(({ client }) => client.connected),
      "a socket was dropped",
    );
    const pods = await stack().kubectl("get", "pods", "--selector=app=wsk", "--output=name");
    assert.equal(pods.trim().split("\n").length, 1);
  });
});
