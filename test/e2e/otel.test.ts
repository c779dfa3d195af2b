import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { parseChain } from "../../apps/mock/hops";
import type { SignalCount } from "../../apps/otlp-sink/app";
import { parseHops } from "../../cli/verify/hops";
import { projectRoot } from "../../tools/paths";
import { waitFor } from "../../tools/poll";
import { type Answer, HostClient } from "./scenarios/http";
import { ScenarioStack } from "./scenarios/stack";
import { lanes, removeStackFile, stack, writeStack } from "./support";

/** Lane -> the version of mocka, mockb and mockc that it meets, as in document 003. */
const lanesOfDocument = {
  v1: ["v1", "v1", "v1"],
  v2: ["v2", "v1", "v2"],
  v3: ["v3", "v3", "v1"],
} as const;
type Lane = keyof typeof lanesOfDocument;
const laneNames = ["v1", "v2", "v3"] as const;

const scenario = "scenarios/s4-otel.yaml";
/** Ignored by git, as the suite's stack file is. */
const changedScenario = "Pulumi.e2e-otel.yaml";

describe("S4 by the OpenTelemetry operator: apps that forward nothing", () => {
  let mesh: ScenarioStack;
  let client: HostClient;

  before(async () => {
    await apply({});
    mesh = await ScenarioStack.read();
    client = new HostClient(mesh.url("istio-system/ingressgateway/http"), "otel.example.com");
  });
  after(async () => {
    client?.close();
    await lanes("destroy", "--stack", stack);
    await lanes("stop", "--stack", stack);
    removeStackFile();
    rmSync(join(projectRoot, changedScenario), { force: true });
  });

  const inLane = (lane: Lane) => ({ cookie: `mesh-lane-otel=${lane}` });

  /** Chain of versions -> number of answers. */
  function tally(answers: readonly Answer[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const answer of answers) {
      const versions = parseHops(answer.body).map((hop) => hop.version);
      const key = answer.status === 200 ? versions.join(" ") : `${answer.status} ${answer.body}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  async function assertLanes(): Promise<void> {
    for (const lane of laneNames) {
      const answers = await client.getMany(100, "/mock", inLane(lane));
      assert.deepEqual(tally(answers), { [lanesOfDocument[lane].join(" ")]: 100 }, lane);
    }
  }

  async function pods(): Promise<Pod[]> {
    const text = await mesh.kubectl("get", "pods", "--namespace", "otel", "--selector", "app", "--output", "json");
    return (JSON.parse(text) as { items: Pod[] }).items.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  }

  it("has every pod of the chain instrumented by the operator", async () => {
    const found = await pods();
    assert.equal(found.length, 7);
    for (const { spec, metadata } of found) {
      const app = spec.containers.find((container) => container.name === "app");
      const env = new Map(app?.env?.map(({ name, value }) => [name, value]));
      assert.equal(env.get("FORWARD_HEADERS") ?? "", "", metadata.name);
      assert.equal(env.get("OTEL_PROPAGATORS"), "baggage", metadata.name);
      assert.match(env.get("NODE_OPTIONS") ?? "", /--require \/otel-auto-instrumentation-nodejs\//, metadata.name);
    }
  });

  it("keeps each lane through the chain, over a baseline hop too", assertLanes);

  // At the second hop the header may still be the gateway's own; see open-telemetry/opentelemetry-js#5633.
  it("carries baggage to the third hop, the lane's member and a client's own", async () => {
    const headers = { ...inLane("v2"), baggage: "userId=alice;tier=gold", accept: "application/json" };
    const hops = parseChain((await client.get("/mock", headers)).body)?.hops ?? [];
    assert.deepEqual(
      hops.map(({ service, version }) => `${service} ${version}`),
      ["mocka v2", "mockb v1", "mockc v2"],
    );
    const members = (hops[2]?.headers.baggage ?? "").split(",").map((member) => member.trim());
    assert.deepEqual(members.sort(), ["userId=alice;tier=gold", "version=v2"]);
    assert.equal(hops[2]?.headers.version, "v2");
  });

  it("shares new requests out 40:30:30", async () => {
    const count = 1500;
    const counts = tally(await client.getMany(count, "/mock"));
    const weights = { v1: 0.4, v2: 0.3, v3: 0.3 };
    for (const lane of laneNames) {
      const expected = count * weights[lane];
      // 3.59 standard deviations: with 99.9 % all three shares are within (Bonferroni).
      const bound = 3.59 * Math.sqrt(expected * (1 - weights[lane]));
      const got = counts[lanesOfDocument[lane].join(" ")] ?? 0;
      assert.ok(Math.abs(got - expected) <= bound, `${lane}: ${got} of ${count}, expected ${expected} ± ${bound}`);
    }
  });

  it("passes the preflight: every version of every caller carries the lane on", async () => {
    const { exitCode, stdout } = await lanes("preflight", "--stack", stack);
    assert.match(stdout, /^5 calls carry the lane, 0 do not$/m);
    assert.equal(exitCode, 0, stdout);
  });

  it("reports to a collector when it is given one, and keeps the lanes", async () => {
    const endpoint = "http://otlp-sink.otel:4318";
    await apply({ telemetry: { collector: { kind: "existing", endpoint } }, sink: true });
    for (const { spec, metadata } of (await pods()).filter((pod) => pod.metadata.labels?.app !== "otlp-sink")) {
      const app = spec.containers.find((container) => container.name === "app");
      const env = new Map(app?.env?.map(({ name, value }) => [name, value]));
      assert.equal(env.get("OTEL_EXPORTER_OTLP_ENDPOINT"), endpoint, metadata.name);
    }
    await assertLanes();
    const wanted = ["mocka", "mockb", "mockc"].flatMap((service) => `${service}-v1`);
    // The sink takes nothing from outside the mesh, so it is asked from within its pod.
    const ask = 'fetch("http://127.0.0.1:4318/").then((answer) => answer.text()).then(console.log)';
    const exec = ["exec", "deployment/otlp-sink-v1", "--namespace", "otel", "--container", "app", "--"];
    let seen: Record<string, SignalCount> = {};
    const complete = async (): Promise<boolean> => {
      seen = JSON.parse(await mesh.kubectl(...exec, "/usr/local/bin/node", "-e", ask)) as Record<string, SignalCount>;
      return wanted.every((service) => seen.traces?.services.includes(service));
    };
    // A batch of spans is sent every 5 seconds.
    const what = () => `spans of ${wanted.join(", ")}, the last were ${JSON.stringify(seen)}`;
    await waitFor(what, complete, { withinMs: 30_000, everyMs: 1000 });
  });

  it("fails the preflight with a service that is not instrumented, and names it, its call and what it loses", async () => {
    await apply({ plain: "mockb" });
    const { exitCode, stdout } = await lanes("preflight", "--stack", stack);
    const named = stdout.split("\n").filter((line) => line.startsWith("group otel: "));
    const lost = "calls mockc without baggage (member version).";
    const fix = "Forward it, or let the operator: `instrument: nodejs`.";
    assert.deepEqual(named, [`group otel: mockb v1 ${lost} ${fix}`, `group otel: mockb v3 ${lost} ${fix}`]);
    assert.match(stdout, /^3 calls carry the lane, 2 do not$/m);
    assert.equal(exitCode, 1);
  });
});

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

interface Change {
  /** The section of that name; without it the instrumented workloads alone ask for the operator. */
  readonly telemetry?: object;
  /** Whether a stand-in for a collector runs. */
  readonly sink?: boolean;
  /** A workload that is not instrumented; its lanes are then not as planned, so they are not proven. */
  readonly plain?: string;
}

/** `lanes up` with the scenario alone, which proves each lane with 100 requests. */
async function apply({ telemetry, sink = false, plain }: Change): Promise<void> {
  const document = parseDocument(readFileSync(join(projectRoot, scenario), "utf8"));
  if (sink) {
    const workload = { name: "otlp-sink", namespace: "otel", app: "otlp-sink", port: 4318, versions: ["v1"] };
    document.addIn(["workloads"], document.createNode(workload));
    const allow = ["mocka", "mockb", "mockc"].map((name) => ({ from: `otel/${name}`, to: "otel/otlp-sink" }));
    document.set("allow", document.createNode(allow));
  }
  const names = (document.toJS() as { workloads: { name: string }[] }).workloads.map(({ name }) => name);
  if (plain !== undefined) document.deleteIn(["workloads", names.indexOf(plain), "instrument"]);
  writeFileSync(join(projectRoot, changedScenario), document.toString());
  writeStack((config) => {
    for (const key of ["workloads", "laneGroups"]) config.deleteIn(["config", `mesh-lanes:${key}`]);
    config.setIn(["config", "mesh-lanes:include"], [changedScenario]);
    if (telemetry) config.setIn(["config", "mesh-lanes:telemetry"], telemetry);
  });
  const result = await lanes("up", "--stack", stack, ...(plain === undefined ? [] : ["--no-verify"]));
  assert.equal(result.exitCode, 0, result.stdout + result.stderr);
}
