import assert from "node:assert/strict";
import { parseHops } from "../../../cli/verify/hops";
import { LabCluster } from "../../../conformance/lab/cluster";
import { labNamespace, labPods } from "../../../conformance/lab/pods";
import { nodeConfig } from "../../../tools/embedded/config";
import { appImage } from "../../../tools/images/app-image";
import { provideOlderIstio } from "../../../tools/images/older-istio";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { usersOf } from "../../../tools/mesh/control-plane-users";
import { workPaths } from "../../../tools/paths";
import { silentReporter } from "../../../tools/report/reporter";
import { optionalPins, pins } from "../../../tools/toolchain/pins";
import { Load } from "../load";
import { Handshakes, openWebSocket } from "../sockets";
import { bringUp, endStack } from "../suite-stack";
import { lanes, type RunResult, run, stack, stackEnvironment, writeStack } from "../support";

const gateway = "http://10.200.0.2";
/** Of each of two loads. */
const perSecond = 25;

type MeshSection = Readonly<Record<string, string>>;

/** The dev stack, with a WebSocket server beside it, on this control plane. */
function write(mesh: MeshSection): void {
  writeStack((config) => {
    config.setIn(["config", "mesh-lanes:mesh"], config.createNode({ kind: "istio", ...mesh }));
    config.addIn(["config", "mesh-lanes:workloads"], {
      ...{ name: "chat", app: "ws-echo", port: 80, targetPort: 8080, portName: "http-websocket", versions: ["v1"] },
    });
    config.addIn(
      ["config", "mesh-lanes:laneGroups"],
      config.createNode({
        ...{ name: "chat", mode: "permissive", routeHeader: "x-lane", baseline: "v1", lanes: [{ name: "v1" }] },
        services: [{ name: "chat", port: 80, versions: ["v1"] }],
        entry: { service: "chat", gateway: "istio-system/ingressgateway", hosts: ["chat.example.com"] },
      }),
    );
  });
}

/**
 * Istio is upgraded by config and one update, by revision and in place, while requests are sent in two lanes and sockets are opened.
 * `MESH_LANES_UPGRADE=versions` does it between the two ends of the tested range, of which the older one is built first.
 */
describe("another control plane, under load", () => {
  let env: NodeJS.ProcessEnv;
  const kubectl = (...args: string[]): Promise<string> => runKubectl({ flags: [], env }, args);
  const planes = async () => {
    const names = await kubectl("get", "deployments", "-n", "istio-system", "-l", "app=istiod", "-o", "name");
    return names.split("\n").sort();
  };
  const users = async (revision: string) => usersOf(await kubectl("get", "pods", "-A", "-o", "json"), revision);

  /** Loads and handshakes while something is done; all of them succeed, each request in its lane at every hop. */
  async function underLoad(change: () => Promise<void>): Promise<void> {
    const laneOf = { s1: "v1 v1 v1", s2: "v2 v2 v2" };
    const loads = Object.keys(laneOf).map((lane) => {
      const request = { path: "/mock", headers: { "x-asm-prefer-tag": lane } };
      return new Load(gateway, request, perSecond, ({ body }) =>
        parseHops(body)
          .map(({ version }) => version)
          .join(" "),
      );
    });
    const options = { headers: { host: "chat.example.com" } };
    const url = new URL("ws://10.200.0.2/");
    const handshakes = new Handshakes(() => openWebSocket({ url, options, way: "text" }, 50), 500);
    try {
      await change();
    } finally {
      const results = await Promise.all(loads.map((load) => load.stop()));
      const sockets = await handshakes.stop();
      process.stderr.write(`${JSON.stringify(results)}; ${sockets.sent} handshakes\n`);
      const seen = results.map(({ failures, answers }) => [failures, Object.keys(answers)]);
      assert.deepEqual(
        seen,
        Object.values(laneOf).map((hops) => [{}, [hops]]),
      );
      assert.ok(results.every(({ sent }) => sent > 200));
      assert.deepEqual(sockets.problems, []);
    }
  }

  const up = (...flags: string[]): Promise<RunResult> => lanes("up", "--stack", stack, ...flags);
  const ends = async () => {
    const { exitCode, stdout } = await up();
    assert.equal(exitCode, 0, stdout);
  };
  const changesNothingMore = async () => {
    const preview = await run("pulumi", ["preview", "--expect-no-changes", "--stack", stack], env);
    assert.equal(preview.exitCode, 0, preview.stdout);
  };

  before(async () => {
    write({});
    await bringUp();
    env = await stackEnvironment();
  });

  after(endStack);

  it("comes as a revision beside the one that there is; pods move to it, then the other one goes", async () => {
    write({ revision: "next" });
    await underLoad(ends);
    assert.deepEqual(await planes(), ["deployment.apps/istiod-next"]);
    assert.deepEqual(await users("default"), []);
    // 11 pods of apps, and the gateway.
    assert.ok((await users("next")).length >= 11);
    await changesNothingMore();
  });

  it("leaves the one of before where a pod of others uses it, names the pod, and goes on once it is gone", async () => {
    const name = "theirs";
    const theirs = new LabCluster({ kubeconfig: workPaths.kubeconfig }, name);
    const app = { image: appImage("mock").ref, versions: ["v1"], forwardHeaders: [], echoHeaders: [] };
    await theirs.apply([
      labNamespace(name, { "istio.io/rev": "next" }),
      ...labPods({ namespace: name, name: "pods", ...app }),
    ]);
    await theirs.ready(name);
    write({});
    await underLoad(async () => {
      const { exitCode, stderr } = await up();
      assert.equal(exitCode, 1);
      assert.match(stderr, /istiod of revision next in istio-system: 1 pods have a proxy of it: theirs\/pods-v1-/);
    });
    assert.deepEqual(await planes(), ["deployment.apps/istiod", "deployment.apps/istiod-next"]);
    assert.deepEqual(await users("next").then((all) => all.map((pod) => pod.split("/")[0])), [name]);
    await theirs.clean([]);
    await ends();
    assert.deepEqual(await planes(), ["deployment.apps/istiod"]);
    await changesNothingMore();
  });

  describe("of another version", () => {
    before(function () {
      if (process.env.MESH_LANES_UPGRADE !== "versions") this.skip();
    });

    const proxies = async () => {
      const image = '{range .items[*]}{range .spec.containers[*]}{.name}={.image}{"\\n"}{end}{end}';
      const all = await kubectl("get", "pods", "-A", "-o", `jsonpath=${image}`);
      const tags = all.split("\n").flatMap((line) => (line.startsWith("istio-proxy=") ? [line.split(":").at(-1)] : []));
      return [...new Set(tags)];
    };

    it("goes back to the oldest tested one by revision, and up again in place", async () => {
      const older = await provideOlderIstio(nodeConfig(), silentReporter);
      write({ version: optionalPins.istio, revision: "old", ...(older && { charts: older.charts }) });
      await underLoad(ends);
      assert.deepEqual(await planes(), ["deployment.apps/istiod-old"]);
      assert.deepEqual(await proxies(), [optionalPins.istio]);
      write({ version: pins.istio, revision: "old" });
      await underLoad(ends);
      assert.deepEqual(await planes(), ["deployment.apps/istiod-old"]);
      assert.deepEqual(await proxies(), [pins.istio]);
      await changesNothingMore();
    });
  });
});
