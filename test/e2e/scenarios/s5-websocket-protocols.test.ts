import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { WebSocket } from "ws";
import { waitFor } from "../../../tools/poll";
import { useScenarios } from "./stack";

const namespace = "websockets";

const variants = [
  { service: "websockets-server", host: "websockets.example.com", protocol: "HTTP/2", policy: "UPGRADE" },
  {
    service: "websockets-server-http1",
    host: "websockets-http1.example.com",
    protocol: "HTTP/1.1",
    policy: "DO_NOT_UPGRADE",
  },
];

describe("S5: WebSocket over HTTP/1.1 and HTTP/2", () => {
  const stack = useScenarios();

  /** Access log lines of a Deployment's sidecar for a path; each test has paths of its own. */
  async function accessLog(deployment: string, path: string): Promise<Record<string, unknown>[]> {
    const text = await stack().kubectl(
      ...["logs", `deployment/${deployment}`, "--namespace", namespace, "--container=istio-proxy", "--tail=-1"],
    );
    const lines = text.split("\n").filter((line) => line.startsWith("{") && line.includes(path));
    return lines.map((line) => JSON.parse(line)).filter((entry) => entry.path === path);
  }

  /** The lines once there is one, and some time has passed in which a second one would have come. */
  async function closedLog(deployment: string, path: string): Promise<Record<string, unknown>[]> {
    const written = async () => (await accessLog(deployment, path)).length > 0;
    const what = `an access log line of ${deployment} for ${path}`;
    await waitFor(what, written, { withinMs: 30_000, everyMs: 1000 });
    // Envoy writes its log every 10 seconds at the latest.
    await setTimeout(10_500);
    return accessLog(deployment, path);
  }

  const words = (entry: Record<string, unknown>) => ({ protocol: entry.protocol, status: entry.response_code });

  for (const { service, host, protocol, policy } of variants) {
    it(`${policy}: echoes from pod to pod over ${protocol}, with one log line for each connection`, async () => {
      const path = `/${randomUUID()}`;
      const printed = await stack().kubectl(
        ...["exec", "deployment/websockets-client-v1", "--namespace", namespace, "--container=app", "--"],
        ...["/usr/local/bin/node", "/app/main.js", "connect", `ws://${service}${path}`, "hello", "world"],
      );
      assert.deepEqual(printed.trim().split("\n"), [
        `Connected to ws://${service}${path}.`,
        ...["> hello", "< hello", "> world", "< world"],
        "Connection closed: 1000 (OK).",
      ]);
      assert.deepEqual((await closedLog(`${service}-v1`, path)).map(words), [{ protocol, status: 101 }]);
      assert.deepEqual((await accessLog("websockets-client-v1", path)).map(words), [
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
      assert.deepEqual(await accessLog(`${service}-v1`, path), []);
      for (const socket of sockets) socket.close(1000);
      await Promise.all(sockets.map((socket) => once(socket, "close")));
      const lines = await closedLog(`${service}-v1`, path);
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
