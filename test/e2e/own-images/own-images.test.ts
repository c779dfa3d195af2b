import assert from "node:assert/strict";
import { GatewayClient } from "../../../cli/verify/gateway-client";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { Load } from "../load";
import { bringUp, endStack } from "../suite-stack";
import { lanes, run, stack, stackEnvironment, writeGroups } from "../support";
import { chat, chatDrainSeconds, chatGroup, whileReplaced } from "./chat";
import { stoppedOnceTold } from "./never-ready";
import { imageOf, loadImages } from "./stranger-images";

const address = "10.200.0.2";
const gateway = `http://${address}`;

/** A workload of the user's own, in two versions, each with an image of its own. */
const cart = (build: string, more: object = {}, env: Readonly<Record<string, string>> = {}) => ({
  name: "cart",
  port: 80,
  targetPort: 8080,
  versions: {
    v1: { image: imageOf("1.4.2") },
    v2: { image: imageOf(build), env: { SIZE: "large", ...env }, replicas: { min: 2, max: 3 } },
  },
  env: {
    COLOR: { configMapKeyRef: { name: "cart", key: "color" } },
    SIZE: { secretKeyRef: { name: "cart", key: "size" } },
  },
  minAvailable: 1,
  replicas: 2,
  serviceAccount: { annotations: { "example.com/role": "cart" } },
  pod: {
    metadata: { labels: { team: "shop" } },
    spec: {
      terminationGracePeriodSeconds: 20,
      containers: [
        { name: "app", resources: { requests: { cpu: "0.01", memory: "64Mi" }, limits: { memory: "256Mi" } } },
      ],
    },
  },
  ...more,
});

const group = {
  name: "shop",
  mode: "permissive",
  services: [{ name: "cart", port: 80, versions: ["v1", "v2"] }],
  entry: { service: "cart", gateway: "istio-system/ingressgateway", header: "x-lane" },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: [{ name: "v1" }, { name: "v2" }],
};

/** Versions whose pods never get ready, by image and by what they run. */
const neverReady: readonly {
  readonly what: string;
  readonly build: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly told: RegExp;
}[] = [
  { what: "cannot be pulled", build: "9.9.9", told: /cart-v2-\S+\]: .*(?:ErrImagePull|ImagePullBackOff)/ },
  {
    what: "end as soon as they start",
    build: "1.6.0",
    env: { NODE_OPTIONS: "--no-such-option" },
    told: /cart-v2-\S+\]: .*CrashLoopBackOff/,
  },
];

describe("images of anybody", () => {
  let env: NodeJS.ProcessEnv;
  const client = new GatewayClient(gateway);
  const kubectl = (...args: string[]) => runKubectl({ flags: [], env }, args, { timeoutSeconds: 60 });
  const answers = async (lane: string) => (await client.send({ path: "/", headers: { "x-lane": lane } })).body.trim();
  const up = () => lanes("up", "--stack", stack);
  let motto = "first";
  const write = (own: ReturnType<typeof cart>) => writeGroups([own, chat(motto)], [group, chatGroup]);

  before(async () => {
    writeGroups([], []);
    await bringUp("--no-verify");
    env = await stackEnvironment();
    await loadImages(["1.4.2", "1.5.0", "1.6.0"], env);
    await kubectl("create", "configmap", "cart", "--namespace=default", "--from-literal=color=red");
    await kubectl("create", "secret", "generic", "cart", "--namespace=default", "--from-literal=size=small");
  });

  it("run as they are, each version its own", async () => {
    write(cart("1.5.0"));
    const { exitCode, stdout } = await up();
    assert.equal(exitCode, 0, stdout);
    // The last word is VERSION: nothing sets it for an image that is not of this project.
    assert.deepEqual([await answers("v1"), await answers("v2")], ["cart 1.4.2 red small", "cart 1.5.0 red large"]);
  });

  it("have the pods that were asked for", async () => {
    const get = async (kind: string, name: string) =>
      JSON.parse(await kubectl("get", kind, name, "--namespace=default", "--output=json"));
    const { spec } = await get("deployment", "cart-v1");
    const [app] = spec.template.spec.containers;
    assert.deepEqual([spec.replicas, spec.template.metadata.labels.team], [2, "shop"]);
    assert.deepEqual(app.resources, { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } });
    assert.deepEqual(app.securityContext ?? {}, {});
    const autoscaler = await get("horizontalpodautoscaler", "cart-v2");
    assert.deepEqual([autoscaler.spec.minReplicas, autoscaler.spec.maxReplicas], [2, 3]);
    assert.equal((await get("poddisruptionbudget", "cart-v1")).spec.minAvailable, 1);
    assert.equal((await get("serviceaccount", "cart")).metadata.annotations["example.com/role"], "cart");
  });

  it("are as planned once they run: a preview says nothing", async () => {
    const { exitCode, stdout } = await run("pulumi", ["preview", "--expect-no-changes", "--stack", stack], env);
    assert.equal(exitCode, 0, stdout);
  });

  it("change one version's image under load without a failed request", async () => {
    const load = new Load(gateway, { path: "/", headers: { "x-lane": "v2" } }, 50, ({ body }) => body.trim());
    write(cart("1.6.0"));
    const { exitCode, stdout } = await up();
    const { sent, failures, answers: seen } = await load.stop();
    assert.equal(exitCode, 0, stdout);
    process.stderr.write(`${sent} requests: ${JSON.stringify(seen)}\n`);
    assert.deepEqual(failures, {});
    assert.deepEqual(Object.keys(seen).sort(), ["cart 1.5.0 red large", "cart 1.6.0 red large"]);
    assert.equal(await answers("v1"), "cart 1.4.2 red small");
  });

  it("serve the sockets of a pod that is replaced for its drain, while new ones are taken by the next", async () => {
    const pods = async () => JSON.parse(await kubectl("get", "pods", "--namespace=default", "--output=json")).items;
    const { endedAfterMs, handshakes } = await whileReplaced(address, 10, pods, async () => {
      motto = "second";
      write(cart("1.6.0"));
      const { exitCode, stdout } = await up();
      assert.equal(exitCode, 0, stdout);
    });
    process.stderr.write(`sockets ended after ${endedAfterMs.join(", ")} ms; ${handshakes.sent} handshakes\n`);
    assert.deepEqual(handshakes.problems, []);
    assert.ok(handshakes.sent > 20);
    // All end, and at the end of the drain: what kept them is the drain.
    assert.equal(endedAfterMs.length, 10);
    assert.deepEqual(
      endedAfterMs.filter((ms) => !(ms >= (chatDrainSeconds - 1) * 1000)),
      [],
      "sockets that ended before the drain was over",
    );
  });

  it("stay as they are when a field is none of Kubernetes', and the message says which", async () => {
    write(cart("1.6.0", { pod: { spec: { containres: [] } } }));
    const { exitCode, stdout, stderr } = await up();
    assert.equal(exitCode, 1);
    assert.match(`${stdout}${stderr}`, /containres/);
    assert.equal(await answers("v2"), "cart 1.6.0 red large");
  });

  for (const { what, build, env: wrong, told } of neverReady) {
    it(`that ${what} are told within a minute, cost nobody a request, and go with the config that wanted them`, async () => {
      const loads = ["v1", "v2"].map(
        (lane) => new Load(gateway, { path: "/", headers: { "x-lane": lane } }, 25, ({ body }) => body.trim()),
      );
      write(cart(build, {}, wrong));
      const { seconds, exitCode } = await stoppedOnceTold(told, "up", "--stack", stack, "--no-verify");
      assert.ok(seconds < 60, `told after ${seconds} s`);
      assert.notEqual(exitCode, 0);
      write(cart("1.6.0"));
      const back = await up();
      const met = await Promise.all(loads.map((load) => load.stop()));
      process.stderr.write(`told after ${seconds.toFixed(1)} s; ${JSON.stringify(met)}\n`);
      assert.equal(back.exitCode, 0, back.stdout + back.stderr);
      const answered = met.map(({ failures, answers: seen }) => [failures, Object.keys(seen)]);
      assert.deepEqual(answered, [
        [{}, ["cart 1.4.2 red small"]],
        [{}, ["cart 1.6.0 red large"]],
      ]);
      const { exitCode: unchanged, stdout } = await run(
        "pulumi",
        ["preview", "--expect-no-changes", "--stack", stack],
        env,
      );
      assert.equal(unchanged, 0, stdout);
    });
  }

  after(async () => {
    client.close();
    // The config is still wrong, as the last test left it.
    await endStack();
  });
});
