import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { WebSocket } from "ws";
import { accessLog, closedLog, echoed, echoInMesh, variants, words } from "./socket-log";
import { useScenarios } from "./stack";

describe("S5: WebSocket over HTTP/1.1 and HTTP/2", () => {
  const stack = useScenarios();

  for (const { service, host, protocol, policy } of variants) {
    it(`${policy}: echoes from pod to pod over ${protocol}, with one log line for each connection`, async () => {
      const path = `/${randomUUID()}`;
      const url = `ws://${service}${path}`;
      assert.deepEqual((await echoInMesh(stack(), url)).trim().split("\n"), echoed(url));
      assert.deepEqual((await closedLog(stack(), `${service}-v1`, path)).map(words), [{ protocol, status: 101 }]);
      assert.deepEqual((await accessLog(stack(), "websockets-client-v1", path)).map(words), [
        { protocol: "HTTP/1.1", status: 101 },
      ]);
    });

    it(`${policy}: takes many clients of the gateway at once, and logs a connection when it closes`, async () => {
      const path = `/${randomUUID()}`;
      const url = new URL(path, stack().url("istio-system/ingressgateway/http").replace(/^http/, "ws"));
      const sockets = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const socket = new WebSocket(url, { headers: { host } });
          await once(socket, "open");
          return socket;
        }),
      );
      await Promise.all(
        sockets.map(async (socket, index) => {
          const answer = once(socket, "message");
          socket.send(`message ${index}`);
          assert.equal(String((await answer)[0]), `message ${index}`);
        }),
      );
      // Longer than Envoy holds lines back: what is not there yet was not written.
      await setTimeout(11_000);
      assert.deepEqual(await accessLog(stack(), `${service}-v1`, path), []);
      for (const socket of sockets) socket.close(1000);
      await Promise.all(sockets.map((socket) => once(socket, "close")));
      const lines = await closedLog(stack(), `${service}-v1`, path);
      assert.deepEqual(
        lines.map(words),
        Array.from(sockets, () => ({ protocol, status: 101 })),
      );
      assert.ok(
        lines.every((entry) => Number(entry.duration) >= 11_000),
        "a line was written before its connection closed",
      );
    });
  }
});
