import assert from "node:assert/strict";
import { GatewayClient, sendMany } from "../../../cli/verify/gateway-client";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { waitFor } from "../../../tools/poll";
import { fromAnything } from "../suite-stack";
import { lanes, removeStackFile, stack, stackEnvironment, writeStack } from "../support";

const url = "http://10.200.0.2";
/** Declared, and a further port of the same Service. */
const declared = 9001;
/** On the Service, and not declared. */
const undeclared = 9002;
const callsHeader = "x-calls";
type Lane = "v1" | "v2";
/** The same chain, with the last call on another port. */
const by = (port: number) => `grpc://stock:9000,prices:${port}`;
const chains: Readonly<Record<Lane, string>> = {
  v1: "front v1, stock v1, prices v1",
  v2: "front v2, stock v1, prices v2",
};

const grpc = { app: "mock", port: 9000, portName: "grpc" };
const workloads = [
  {
    ...{ name: "front", app: "mock", port: 8000, versions: ["v1", "v2"], calls: "grpc://stock:9000" },
    env: { CALLS_HEADER: callsHeader },
  },
  { ...grpc, name: "stock", versions: ["v1"], calls: "http://prices:9000", env: { CALLS_HEADER: callsHeader } },
  {
    ...{ ...grpc, name: "prices", versions: ["v1", "v2"] },
    ports: [
      { port: declared, name: "grpc-more", targetPort: 9000 },
      { port: undeclared, name: "grpc-other", targetPort: 9000 },
    ],
  },
];

const group = {
  name: "shop",
  mode: "permissive",
  services: [
    { name: "front", port: 8000, versions: ["v1", "v2"] },
    { name: "stock", port: 9000, versions: ["v1"] },
    {
      ...{ name: "prices", port: 9000, versions: ["v1", "v2"] },
      ports: [{ port: declared, protocol: "grpc" }],
    },
  ],
  entry: { service: "front", gateway: "istio-system/ingressgateway", header: "x-lane" },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: [{ name: "v1" }, { name: "v2" }],
};

/** A page in front, whose service calls the next by gRPC; the last of the chain has three ports. */
describe("a service of HTTP in front of services of gRPC", () => {
  const client = new GatewayClient(url);

  /** What became of requests: the versions on their way, or status and body -> how often. */
  const tally = async (lane: Lane, requests: number, calls?: string): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    const headers = { "x-lane": lane, ...(calls !== undefined && { [callsHeader]: calls }) };
    await sendMany(client, { path: "/", headers }, requests, ({ status, body }) => {
      const way = parseHops(body).map(({ service, version }) => `${service} ${version}`);
      const what = status === 200 ? way.join(", ") : `${status} ${body}`;
      counts[what] = (counts[what] ?? 0) + 1;
    });
    return counts;
  };

  before(async () => {
    writeStack((config) => {
      config.setIn(["config", "mesh-lanes:workloads"], workloads);
      config.setIn(["config", "mesh-lanes:laneGroups"], [group]);
    });
    const { exitCode, stdout } = await lanes("up", "--stack", stack, fromAnything);
    assert.equal(exitCode, 0, stdout);
  });

  for (const lane of ["v1", "v2"] as const) {
    it(`answers 100 requests in lane ${lane} right at every hop`, async () => {
      assert.deepEqual(await tally(lane, 100), { [chains[lane]]: 100 });
    });

    it(`keeps 100 requests in lane ${lane} on a further port that is declared`, async () => {
      assert.deepEqual(await tally(lane, 100, by(declared)), { [chains[lane]]: 100 });
    });

    it(`leaves a port that is not declared alone: requests of lane ${lane} meet every version`, async () => {
      const met = await tally(lane, 100, by(undeclared));
      const ways = ["v1", "v2"].map((version) => `front ${lane}, stock v1, prices ${version}`);
      assert.deepEqual(Object.keys(met).sort(), ways);
    });
  }

  it("falls back while the lane's last service has no pod, on each declared port, and returns to it", async () => {
    const env = await stackEnvironment();
    const scale = async (replicas: number) => {
      for (const args of [
        ["scale", "deployment/prices-v2", `--replicas=${replicas}`],
        ["rollout", "status", "deployment/prices-v2", "--timeout=120s"],
      ])
        await runKubectl({ flags: [], env }, [...args, "--namespace", "default"], { timeoutSeconds: 200 });
    };
    const seen = (calls: string | undefined, way: string) =>
      waitFor(
        () => `20 requests in a row by ${way}`,
        async () => (await tally("v2", 20, calls))[way] === 20,
        { withinMs: 60_000, everyMs: 200 },
      );
    const without = "front v2, stock v1, prices v1";
    try {
      await scale(0);
      await seen(undefined, without);
      await seen(by(declared), without);
    } finally {
      await scale(1);
    }
    await seen(undefined, chains.v2);
    await seen(by(declared), chains.v2);
  });

  it("is probed at every hop, and status finds nothing", async () => {
    const probed = await lanes("preflight", "--stack", stack);
    assert.equal(probed.exitCode, 0, probed.stdout);
    assert.match(probed.stdout, /3 calls carry the lane, 0 do not/);
    const { exitCode, stdout } = await lanes("status", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
  });

  after(async () => {
    client.close();
    const { exitCode } = await lanes("stop", "--stack", stack, "--purge");
    removeStackFile();
    assert.equal(exitCode, 0);
  });
});
