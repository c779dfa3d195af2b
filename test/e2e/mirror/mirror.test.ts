import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { GatewayClient } from "../../../cli/verify/gateway-client";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { waitFor } from "../../../tools/poll";
import { bringUp, endStack, safeChange } from "../suite-stack";
import { lanes, stack, stackEnvironment, writeGroups } from "../support";

const versions = ["v1", "v2"] as const;
type Version = (typeof versions)[number];
const requests = 40;

const workloads = [
  { name: "web", app: "mock", port: 8000, versions, calls: "http://stock:8000/mock" },
  { name: "stock", app: "mock", port: 8000, versions },
];

/** @param stock what its service says besides. */
const group = (stock: object) => ({
  name: "shop",
  mode: "permissive",
  services: [
    { name: "web", port: 8000, versions },
    { name: "stock", port: 8000, versions, ...stock },
  ],
  entry: { service: "web", gateway: "istio-system/ingressgateway", header: "x-lane-entry" },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: versions.map((name) => ({ name })),
});
/** Envoy writes its log every 10 seconds at the latest. */
const logMs = 11_000;
const copying = group({ policy: { mirror: { lane: "v2" } } });

describe("a mirror", () => {
  const client = new GatewayClient("http://10.200.0.2");
  let env: NodeJS.ProcessEnv;

  /** How often pods of a version of stock were asked since a moment, copies included: Istio marks these by default no more. */
  async function timesAsked(version: Version, since: string): Promise<number> {
    const log = [
      "logs",
      `deployment/stock-${version}`,
      "--namespace",
      "default",
      "--container=istio-proxy",
      "--tail=-1",
    ];
    const text = await runKubectl({ flags: [], env }, log, { timeoutSeconds: 30 });
    return text
      .split("\n")
      .filter((line) => line.startsWith('{"'))
      .map((line): { start_time: string; authority: string } => JSON.parse(line))
      .filter(({ start_time, authority }) => start_time >= since && authority.startsWith("stock")).length;
  }

  /** Sends requests in a lane, each of which it answers itself. @returns when the first was sent. */
  async function sendIn(lane: Version): Promise<string> {
    const since = new Date().toISOString();
    for (let sent = 0; sent < requests; sent += 1) {
      const { status, body } = await client.send({ path: "/", headers: { "x-lane-entry": lane } });
      assert.equal(status, 200, body);
      assert.deepEqual(
        parseHops(body).map(({ service, version }) => `${service} ${version}`),
        [`web ${lane}`, `stock ${lane}`],
      );
    }
    return since;
  }

  /** Version of stock -> requests and copies. */
  async function assertAsked(since: string, expected: Readonly<Record<Version, number>>): Promise<void> {
    const asked = async () => ({ v1: await timesAsked("v1", since), v2: await timesAsked("v2", since) });
    let seen = { v1: 0, v2: 0 };
    const all = async () => {
      seen = await asked();
      return versions.every((version) => seen[version] >= expected[version]);
    };
    await waitFor(() => `${JSON.stringify(expected)}, seen ${JSON.stringify(seen)}`, all, { withinMs: 20_000 });
    // What should not have been asked would be in the log by then.
    await sleep(logMs);
    assert.deepEqual(await asked(), expected);
  }

  before(async () => {
    writeGroups(workloads, [copying]);
    await bringUp("--no-verify");
    env = await stackEnvironment();
  });

  it("copies each of the baseline's requests to its lane, and the baseline answers", async () => {
    await assertAsked(await sendIn("v1"), { v1: requests, v2: requests });
  });

  it("copies nothing of what is in the lane already", async () => {
    await assertAsked(await sendIn("v2"), { v1: 0, v2: requests });
  });

  it("to a service that writes is refused, and made where it says so", async () => {
    writeGroups(workloads, [group({ writes: true, policy: { mirror: { lane: "v2" } } })]);
    const refused = await lanes("up", "--stack", stack, "--no-verify");
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stdout + refused.stderr, /copies would reach stock, which writes: twice for one request/);
    await assertAsked(await sendIn("v1"), { v1: requests, v2: requests });

    writeGroups(workloads, [group({ writes: true })]);
    await safeChange("--no-verify");
    await assertAsked(await sendIn("v1"), { v1: requests, v2: 0 });

    writeGroups(workloads, [group({ writes: true, policy: { mirror: { lane: "v2", writes: true } } })]);
    await safeChange("--no-verify");
    await assertAsked(await sendIn("v1"), { v1: requests, v2: requests });
  });

  after(async () => {
    client.close();
    await endStack();
  });
});
