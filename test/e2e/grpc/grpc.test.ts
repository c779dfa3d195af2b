import assert from "node:assert/strict";
import { Metadata, type ServiceError } from "@grpc/grpc-js";
import { MockClient } from "../../../apps/mock/grpc/client";
import type { Reply } from "../../../apps/mock/grpc/contract";
import { mockName } from "../../../apps/mock/grpc/names";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { waitFor } from "../../../tools/poll";
import { bringUp, endStack } from "../suite-stack";
import { lanes, stack, stackEnvironment, writeGroups } from "../support";

const gateway = "10.200.0.2:80";
const port = 9000;
/** Service -> its versions, and the next one. */
const services = {
  cart: { versions: ["v1", "v2"], calls: "stock" },
  stock: { versions: ["v1"], calls: "prices" },
  prices: { versions: ["v1", "v2"], calls: undefined },
} as const;
type Lane = "v1" | "v2";
const chains: Readonly<Record<Lane, string>> = {
  v1: "cart v1, stock v1, prices v1",
  v2: "cart v2, stock v1, prices v2",
};

const workloads = Object.entries(services).map(([name, { versions, calls }]) => ({
  ...{ name, app: "mock", port, portName: "grpc", versions: [...versions] },
  ...(calls && { calls: `http://${calls}:${port}` }),
}));

const group = {
  name: "shop",
  mode: "permissive",
  services: Object.entries(services).map(([name, { versions }]) => ({ name, port, versions: [...versions] })),
  entry: {
    service: "cart",
    gateway: "istio-system/ingressgateway",
    path: { prefix: `/${mockName}/` },
    header: "x-lane",
  },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: [{ name: "v1" }, { name: "v2" }],
};

function metadata(values: Readonly<Record<string, string>>): Metadata {
  const made = new Metadata();
  for (const [name, value] of Object.entries(values)) made.set(name, value);
  return made;
}

const pathOf = ({ hops }: Reply): string => hops.map(({ service, version }) => `${service} ${version}`).join(", ");

/** Two pods of `v2` and one hop of the baseline between them; the gateway's listener is the one that HTTP/1 uses too. */
describe("a chain of gRPC services", () => {
  const client = new MockClient(gateway);

  /** What became of a call: the versions on its way, or gRPC's error. */
  const outcome = async (lane: Lane): Promise<string> => {
    try {
      const options = { deadline: Date.now() + 10_000 };
      return pathOf(await client.call(metadata({ "x-lane": lane, baggage: "userId=alice" }), options));
    } catch (error) {
      return (error as ServiceError).message;
    }
  };

  const tally = (outcomes: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const one of outcomes) counts[one] = (counts[one] ?? 0) + 1;
    return counts;
  };

  before(async () => {
    writeGroups(workloads, [group]);
    // It proves the lanes itself, over gRPC.
    await bringUp();
  });

  for (const lane of ["v1", "v2"] as const) {
    it(`answers 100 calls in lane ${lane} right at every hop, ten at a time`, async () => {
      const outcomes: string[] = [];
      const worker = async () => {
        for (let sent = 0; sent < 10; sent += 1) outcomes.push(await outcome(lane));
      };
      await Promise.all(Array.from({ length: 10 }, worker));
      assert.deepEqual(tally(outcomes), { [chains[lane]]: 100 });
    });

    it(`keeps 20 streams in lane ${lane}, each message at every hop`, async () => {
      const stream = async () => {
        const request = { messages: 10, intervalMilliseconds: 20 };
        const replies = await client.watch(request, metadata({ "x-lane": lane }), {}).toArray();
        return (replies as Reply[]).map(pathOf);
      };
      const outcomes = await Promise.all(Array.from({ length: 20 }, stream));
      assert.deepEqual(tally(outcomes.flat()), { [chains[lane]]: 200 });
    });
  }

  it("has the lane first in one line of baggage, whatever the client sent", async () => {
    const sent = { "x-lane": "v2", baggage: "x-lane=v1,userId=alice" };
    const { hops } = await client.call(metadata(sent), {});
    assert.deepEqual(
      hops.map(({ headers }) => headers.baggage),
      Array(3).fill("x-lane=v2,userId=alice"),
    );
  });

  it("does not let a client choose the lane by baggage", async () => {
    const reply = await client.call(metadata({ baggage: "x-lane=v2" }), {});
    assert.equal(pathOf(reply), chains.v1);
  });

  for (const [deployment, without] of [
    ["cart-v2", "cart v1, stock v1, prices v2"],
    ["prices-v2", "cart v2, stock v1, prices v1"],
  ] as const) {
    it(`falls back without a failed call while ${deployment} has no pod, and returns to it`, async () => {
      const env = await stackEnvironment();
      const scale = async (replicas: number) => {
        for (const args of [
          ["scale", `deployment/${deployment}`, `--replicas=${replicas}`],
          ["rollout", "status", `deployment/${deployment}`, "--timeout=120s"],
        ])
          await runKubectl({ flags: [], env }, [...args, "--namespace", "default"], { timeoutSeconds: 200 });
      };
      const outcomes: string[] = [];
      const seen = (what: string) =>
        waitFor(
          () => `a call by ${what}, so far ${JSON.stringify(tally(outcomes))}`,
          async () => {
            outcomes.push(await outcome("v2"));
            return outcomes.at(-1) === what;
          },
          { withinMs: 60_000, everyMs: 20 },
        );
      await seen(chains.v2);
      // Calls go on while the pods go and come.
      let going = true;
      const load = (async () => {
        while (going) outcomes.push(await outcome("v2"));
      })();
      try {
        await scale(0);
        await seen(without);
        await scale(1);
        await seen(chains.v2);
      } finally {
        going = false;
        await load;
        await scale(1);
      }
      assert.deepEqual(Object.keys(tally(outcomes)).sort(), [chains.v2, without].sort());
    });
  }

  it("is verified, its calls carry the lane, and status finds nothing", async () => {
    const verified = await lanes("verify", "--stack", stack, "--requests", "100");
    assert.equal(verified.exitCode, 0, verified.stdout);
    assert.match(verified.stdout, /2 passed, 0 failed/);
    const probed = await lanes("preflight", "--stack", stack);
    assert.equal(probed.exitCode, 0, probed.stdout);
    // Two versions of cart, one of stock.
    assert.match(probed.stdout, /3 calls carry the lane, 0 do not/);
    const { exitCode, stdout } = await lanes("status", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
  });

  after(async () => {
    client.close();
    await endStack();
  });
});
