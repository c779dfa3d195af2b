import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Chain, parseChain } from "../../../apps/mock/hops";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../components/lanes/spec";
import { podPort } from "../../../conformance/lab/pods";
import { RawClient } from "../scenarios/truth/send";
import { lanes, removeStackFile, stack, writeStack } from "../support";
import { ListenersMesh, namespace, otherPorts } from "./mesh";
import { type HeldSockets, holdAtGateway, holdInMesh } from "./sockets";

/** Istio's drain time, and a margin: what closes sockets does so by then. */
const drainSeconds = 55;
/** Sockets in each of two places. */
const socketCount = Number(process.env.MESH_LANES_SOCKETS ?? 20);

/** A permissive group of two services whose lane v2 is entered by header, beside a weight of 0. */
function group(name: string, services: readonly [string, string], more: Partial<LaneGroupInput> = {}): LaneGroup {
  return laneGroupSchema.parse({
    name,
    namespace,
    mode: "permissive",
    services: services.map((service) => ({ name: service, port: podPort, versions: ["v1", "v2"] })),
    routeHeader: "version",
    baseline: "v1",
    lanes: [
      { name: "v1", weight: 100 },
      { name: "v2", weight: 0 },
    ],
    ...more,
    entry: {
      ...{ service: services[0], gateway: `${namespace}/${namespace}`, header: "x-lane" },
      ...(more.entry ?? { hosts: [`${name}.example.com`] }),
    },
  });
}

describe("lane groups leave listeners and other ports alone", () => {
  const mesh = new ListenersMesh();
  const held: Record<string, HeldSockets> = {};
  let client: RawClient;
  let gateway: URL;
  let countersBefore: Awaited<ReturnType<ListenersMesh["listenerCounters"]>>;
  const first = group("one", ["mocka", "mockb"]);

  before(async () => {
    writeStack((config) => {
      config.setIn(["config", "mesh-lanes:laneGroups"], []);
      config.setIn(["config", "mesh-lanes:workloads"], [{ name: "mocka", app: "mock", port: 8000, versions: ["v1"] }]);
    });
    const { exitCode, stdout } = await lanes("up", "--stack", stack, "--no-verify");
    assert.equal(exitCode, 0, stdout);
    await mesh.prepare();
    gateway = await mesh.address();
    client = new RawClient(gateway);
    // What a pod's start still sends to proxies is none of a group's doing. Nothing tells that it was the last, so it is a time.
    await sleep(5000);
    countersBefore = await mesh.listenerCounters();
    held.mesh = await holdInMesh((...command) => mesh.inPod("mocka-v1", ...command), "mockb", podPort, socketCount);
    await mesh.apply(first);
  });

  after(async () => {
    client?.close();
    for (const sockets of Object.values(held)) await sockets.stop();
    await mesh.clean();
    await lanes("destroy", "--stack", stack);
    await lanes("stop", "--stack", stack);
    removeStackFile();
  });

  type Headers = Readonly<Record<string, readonly string[]>>;
  const send = (headers: Headers, calls: readonly string[], host = "one.example.com") =>
    client.send({ host, method: "GET", path: "/", headers }, calls);
  async function chain(headers: Headers, calls: readonly string[], host?: string): Promise<Chain> {
    const { status, body } = await send(headers, calls, host);
    const parsed = parseChain(body);
    assert.ok(parsed, `${status} ${body}`);
    return parsed;
  }
  const versions = ({ hops }: Chain) => hops.map(({ version }) => version).join(" ");
  const inLane = (lane: string) => ({ "x-lane": [lane] });

  it("gives whoever names a lane that lane, and shares out the rest by weight", async () => {
    for (let count = 0; count < 50; count += 1) {
      assert.equal(versions(await chain(inLane("v2"), [`mockb:${podPort}`])), "v2 v2");
      assert.equal(versions(await chain({}, [`mockb:${podPort}`])), "v1 v1");
    }
  });

  it("keeps the lane of a call however its host is written", async () => {
    const full = `mockb.${namespace}.svc.cluster.local`;
    const forms = ["mockb", `mockb.${namespace}`, full, `${full}.`, await mesh.clusterIp("mockb")];
    for (const form of forms) {
      for (let count = 0; count < 10; count += 1) {
        assert.equal(versions(await chain(inLane("v2"), [`${form}:${podPort}`])), "v2 v2", form);
      }
    }
  });

  it("leaves the Service's other ports as they are", async () => {
    const [metrics, grpc, same] = otherPorts;
    for (const { port } of [metrics, grpc]) {
      // Nothing listens there. Were the group's routes taken, the app of the declared port would answer.
      const { hops, error } = await chain(inLane("v2"), [`mockb:${port}`]);
      assert.deepEqual([hops.length, error], [1, "503"], `port ${port}`);
    }
    const seen = new Set<string | undefined>();
    for (let count = 0; count < 60; count += 1) {
      seen.add((await chain(inLane("v2"), [`mockb:${same.port}`])).hops[1]?.version);
    }
    assert.deepEqual([...seen].sort(), ["v1", "v2"]);
  });

  const member = (index: number, size: number) => `k${index}=`.padEnd(size, "v");
  const clients: Record<string, readonly string[]> = {
    none: [],
    "an error tracker's": ["sentry-trace_id=771a43a4192642f0b136d5159a501700,sentry-sampled=true"],
    "several lines": ["a=1", "version=v1,b=2", "c=3"],
    "64 members": [Array.from({ length: 64 }, (_, index) => member(index, 20)).join(",")],
    "180 members": [Array.from({ length: 180 }, (_, index) => member(index, 20)).join(",")],
    "more than 8192 bytes": [Array.from({ length: 60 }, (_, index) => member(index, 200)).join(",")],
    "one member of 9000 bytes": [member(0, 9000)],
    "a lane of its own": ["version=v1", " version = v1 ;p=1", "version=%76%31"],
  };
  for (const [what, lines] of Object.entries(clients)) {
    it(`carries the lane first in one line of baggage, whatever the client sent: ${what}`, async () => {
      const { hops } = await chain({ ...inLane("v2"), baggage: lines }, [`mockb:${podPort}`]);
      assert.equal(hops.map(({ version }) => version).join(" "), "v2 v2");
      for (const { headers } of hops) {
        const baggage = headers.baggage ?? "";
        // Node joins several lines with a comma and a blank.
        assert.match(baggage, /^version=v2(,[^ ,]+)*$/);
        const members = baggage.split(",");
        assert.ok(baggage.length <= 8192 && members.length <= 64, `${members.length} members, ${baggage.length} bytes`);
        assert.equal(members.filter((text) => /^version\s*=/.test(text)).length, 1);
      }
    });
  }

  it("moves no listener by its first group, nor closes a socket that was open before", async () => {
    assert.deepEqual(await mesh.listenerCounters(), countersBefore);
    assert.deepEqual(await held.mesh?.state(), { open: socketCount, closed: 0 });
  });

  const second: readonly ["mockc", "mockd"] = ["mockc", "mockd"];
  const changes: Record<string, () => Promise<void>> = {
    "another group on a new host": () => mesh.apply(group("two", second)),
    "another host": () =>
      mesh.apply(group("two", second, { entry: entryOf(["two.example.com", "*.two.example.com"]) })),
    "another route header": () => mesh.apply(group("two", second, { routeHeader: "x-two" })),
    "headers on answers": () => mesh.apply(group("two", second, { routeHeader: "x-two", responseHeaders: true })),
    "headers on answers of the group with open sockets": () =>
      mesh.apply(group("one", ["mocka", "mockb"], { responseHeaders: true })),
    "a lane less": () =>
      mesh.apply(group("two", second, { lanes: [{ name: "v1", weight: 100 }], routeHeader: "x-two" })),
    "a group's end": () => mesh.remove("two"),
  };
  const entryOf = (hosts: string[]) => ({ service: second[0], gateway: `${namespace}/${namespace}`, hosts });

  it("opens sockets at the gateway", async () => {
    const headers = { host: "one.example.com", "x-lane": "v2" };
    held.gateway = await holdAtGateway(new URL(gateway.href.replace("http", "ws")), headers, socketCount, "v2");
  });

  for (const [what, change] of Object.entries(changes)) {
    it(`moves no listener by ${what}`, async () => {
      await change();
      assert.deepEqual(await mesh.listenerCounters(), countersBefore);
    });
  }

  it("tells lane and version on answers where a group asks for it, and keeps the question from clients and apps", async () => {
    await mesh.apply(group("one", ["mocka", "mockb"], { responseHeaders: true }));
    for (const lane of ["v1", "v2"]) {
      const { headers, body } = await send({ ...inLane(lane), "x-mesh-version": ["app"] }, []);
      assert.deepEqual([headers["x-mesh-lane"], headers["x-mesh-version"]], [lane, lane]);
      assert.equal(parseChain(body)?.hops[0]?.headers["x-mesh-version"], undefined);
    }
    await mesh.apply(first);
    const { headers } = await send({ ...inLane("v2"), "x-mesh-version": ["version"] }, []);
    assert.deepEqual([headers["x-mesh-lane"], headers["x-mesh-version"]], [undefined, undefined]);
  });

  it("has closed no socket once every listener would have been drained", async () => {
    await sleep(drainSeconds * 1000);
    for (const [where, sockets] of Object.entries(held)) {
      assert.deepEqual(await sockets.state(), { open: socketCount, closed: 0 }, where);
    }
    assert.deepEqual(await mesh.listenerCounters(), countersBefore);
  });

  it("closes no socket of the group by a scope, which takes listeners of other services away", async () => {
    await mesh.apply(group("one", ["mocka", "mockb"], { scope: { egress: ["istio-system/*"] } }));
    await sleep(drainSeconds * 1000);
    for (const [where, sockets] of Object.entries(held)) {
      assert.deepEqual(await sockets.state(), { open: socketCount, closed: 0 }, where);
    }
    const countersAfter = await mesh.listenerCounters();
    for (const [proxy, counters] of Object.entries(countersAfter)) {
      assert.equal(counters.listener_modified, countersBefore[proxy]?.listener_modified, proxy);
      // The services of the group know less of the mesh from now on, and nobody else does.
      const before = countersBefore[proxy];
      const removed = /^mock[ab]-/.test(proxy) ? counters.listener_removed : before?.listener_removed;
      assert.deepEqual(counters, { ...before, listener_removed: removed }, proxy);
    }
    assert.equal(versions(await chain(inLane("v2"), [`mockb:${podPort}`])), "v2 v2");
  });
});
