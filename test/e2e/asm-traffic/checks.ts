import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { poll, waitFor } from "../../../tools/poll";
import { chartHost, chartSecret, openChart } from "../scenarios/chart-socket";
import { HostClient } from "../scenarios/http";
import { inLane, type Lane, lanesOfDocument, tally } from "../scenarios/mock-chains";
import { SocketIoClients, versionIn } from "../scenarios/socket-io-clients";
import { closedLog, echoed, echoInMesh, type variants, words } from "../scenarios/socket-log";
import type { ScenarioStack } from "../scenarios/stack";

/*
 * What is seen on Istio, asked again where ASM's objects are the source. Each throws with what it got instead.
 */

const count = 100;

/** A client of the mock app behind the suite's gateway. S4 has a host of its own, S2 takes any other. */
export function mockClient(node: ScenarioStack, host: string): HostClient {
  return new HostClient(node.url("istio-system/ingressgateway/http"), host);
}

/** S2: 100 of 100 requests of a lane meet its version at every hop. */
export async function keepsStrictLane(client: HostClient, lane: string, version: string): Promise<void> {
  const answers = await client.getMany(count, "/mock", { "x-asm-prefer-tag": lane });
  assert.deepEqual(tally(answers), { [[version, version, version].join(" ")]: count });
}

/** S4: 100 of 100 requests of a lane meet the document's versions, hop by hop. */
export async function keepsPermissiveLane(client: HostClient, lane: Lane): Promise<void> {
  const answers = await client.getMany(count, "/mock", inLane(lane));
  assert.deepEqual(tally(answers), { [lanesOfDocument[lane].join(" ")]: count });
}

/** S4, entered by weight alone: every request is in one of the document's lanes from its first hop to its last. */
export async function mixesNoLanes(client: HostClient): Promise<void> {
  const answers = await client.getMany(3 * count, "/mock");
  const chains = Object.values(lanesOfDocument).map((chain) => chain.join(" "));
  assert.deepEqual(Object.keys(tally(answers)).sort(), chains.sort());
}

/** S1: 100 messages of ten clients are answered from the client's own lane, and broadcasts come from the baseline. */
export async function answersSockets(node: ScenarioStack, header: string | undefined, own: string): Promise<void> {
  const clients = new SocketIoClients(() => node.url("default/ws-gateway/http"));
  const seen: Record<string, number> = {};
  const broadcasts = new Set<string>();
  const note = (what: string, message: unknown) => {
    const key = `${what} ${versionIn(message)}`;
    seen[key] = (seen[key] ?? 0) + 1;
  };
  try {
    const sockets = await Promise.all(Array.from({ length: 10 }, () => clients.connect(header)));
    for (const socket of sockets) {
      socket.on("okok", (message) => broadcasts.add(versionIn(message)));
      socket.on("hello", (message, acknowledge) => {
        note("hello", message);
        acknowledge("got it");
      });
    }
    for (let round = 0; round < count / sockets.length; round += 1) {
      await Promise.all(
        sockets.map(async (socket) => note("ack", await socket.timeout(10_000).emitWithAck("test000", "client"))),
      );
    }
    // The last events come after the acknowledgements.
    const heardAll = () => Object.values(seen).reduce((sum, value) => sum + value, 0) >= 2 * count;
    await poll(heardAll, { withinMs: 10_000 });
    assert.deepEqual(seen, { [`hello ${own}`]: count, [`ack ${own}`]: count });
    await waitFor("a broadcast", () => broadcasts.size > 0, { withinMs: 10_000 });
    assert.deepEqual([...broadcasts], ["v1"]);
  } finally {
    clients.closeAll();
  }
}

/** S3: 100 of 100 changes arrive over wss, in order, at a client that trusts the gateway's certificate. */
export async function showsChanges(node: ScenarioStack): Promise<void> {
  const authority = node.authorities[chartSecret] ?? "";
  const client = new HostClient(node.url("default/tornado-gateway/http"), chartHost);
  const { socket, values } = await openChart(node.url("default/tornado-gateway/https"), authority);
  try {
    const wanted = Array.from({ length: count }, (_, index): [number, number] => [8, index]);
    for (const [id, value] of wanted) {
      const { status, body } = await client.get(`/api?id=${id}&value=${value}`);
      assert.equal(status, 200, body);
    }
    await waitFor(
      () => `${count} changes, got ${values.length}`,
      () => values.length >= count,
      { withinMs: 10_000 },
    );
    assert.deepEqual(values, wanted);
  } finally {
    socket.terminate();
    client.close();
  }
}

/** S5: an echo from pod to pod, over the protocol that the lane group asks for, with one log line. */
export async function echoesOver(node: ScenarioStack, { service, protocol }: (typeof variants)[number]): Promise<void> {
  const path = `/${randomUUID()}`;
  const url = `ws://${service}${path}`;
  assert.deepEqual((await echoInMesh(node, url)).trim().split("\n"), echoed(url));
  assert.deepEqual((await closedLog(node, `${service}-v1`, path)).map(words), [{ protocol, status: 101 }]);
}
