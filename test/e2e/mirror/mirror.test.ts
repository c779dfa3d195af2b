import assert from "node:assert/strict";
import { GatewayClient } from "../../../cli/verify/gateway-client";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { waitFor } from "../../../tools/poll";
import { bringUp, endStack } from "../suite-stack";
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
const copying = group({ policy: { mirror: { lane: "v2" } } });

describe("a mirror", () => {
  const client = new GatewayClient("http://10.200.0.2");
  let env: NodeJS.ProcessEnv;

  /** Hosts that pods of a version of stock were asked for since a moment, of copies or of requests. */
  async function askedFor(version: Version, kind: "copies" | "requests", since: string): Promise<string[]> {
    const log = [
      "logs",
      `deployment/stock-${version}`,
      "--namespace",
      "default",
      "--container=istio-proxy",
      "--tail=-1",
    ];
    const text = await runKubectl({ flags: [], env }, log, { timeoutSeconds: 30 });
    return (
      text
        .split("\n")
        .filter((line) => line.startsWith('{"'))
        .map((line): { start_time: string; authority: string } => JSON.parse(line))
        .filter(({ start_time, authority }) => start_time >= since && authority.startsWith("stock"))
        .map(({ authority }) => authority)
        // Envoy marks the host of what it copies.
        .filter((authority) => authority.includes("-shadow") === (kind === "copies"))
    );
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

  /** Waits for that many: Envoy writes its log every 10 seconds at the latest. */
  async function allOf(version: Version, kind: "copies" | "requests", since: string): Promise<void> {
    let seen = 0;
    const all = async () => {
      seen = (await askedFor(version, kind, since)).length;
      return seen >= requests;
    };
    await waitFor(() => `${requests} ${kind} at stock ${version}, there are ${seen}`, all, { withinMs: 20_000 });
    assert.equal(seen, requests);
  }

  before(async () => {
    writeGroups(workloads, [copying]);
    await bringUp("--no-verify");
    env = await stackEnvironment();
  });

  it("copies each of the baseline's requests to its lane, and the baseline answers", async () => {
    const since = await sendIn("v1");
    await allOf("v1", "requests", since);
    await allOf("v2", "copies", since);
    assert.deepEqual(await askedFor("v1", "copies", since), []);
    assert.deepEqual(await askedFor("v2", "requests", since), []);
  });

  it("copies nothing of what is in the lane already", async () => {
    const since = await sendIn("v2");
    await allOf("v2", "requests", since);
    for (const version of versions) assert.deepEqual(await askedFor(version, "copies", since), []);
  });

  it("to a service that writes is refused, and made where it says so", async () => {
    writeGroups(workloads, [group({ writes: true, policy: { mirror: { lane: "v2" } } })]);
    const refused = await lanes("up", "--stack", stack, "--no-verify");
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stdout + refused.stderr, /copies would reach stock, which writes: twice for one request/);
    const since = await sendIn("v1");
    await allOf("v2", "copies", since);

    writeGroups(workloads, [group({ writes: true })]);
    await bringUp("--no-verify");
    const without = await sendIn("v1");
    await allOf("v1", "requests", without);
    assert.deepEqual(await askedFor("v2", "copies", without), []);

    writeGroups(workloads, [group({ writes: true, policy: { mirror: { lane: "v2", writes: true } } })]);
    await bringUp("--no-verify");
    await allOf("v2", "copies", await sendIn("v1"));
  });

  after(async () => {
    client.close();
    await endStack();
  });
});
