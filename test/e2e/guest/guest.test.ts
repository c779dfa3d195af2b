import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { GatewayClient } from "../../../cli/verify/gateway-client";
import { parseHops } from "../../../cli/verify/hops";
import { HttpClient } from "../../../tools/http/client";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { projectRoot, workPaths } from "../../../tools/paths";
import { waitFor } from "../../../tools/poll";
import { bringUp, endStack } from "../suite-stack";
import { lanes, type RunResult, run, stack, stackEnvironment, writeStack } from "../support";
import { MeshOwner, ownersNamespace, tag } from "./owner";

/** A stack that has nothing of its own but workloads and lanes: cluster, mesh and gateway are the suite's stack's. */
const guest = "e2e-guest";
const versions = ["v1", "v2"];
/** Service -> namespace: each chain goes from one namespace into the other, and the first one back again. */
const homes = {
  ...{ mocka: "guest", mockb: "guest-stock", mockc: "guest" },
  ...{ stricta: "guest", strictb: ownersNamespace },
};
type Service = keyof typeof homes;

const workload = (name: Service, calls?: Service) => ({
  ...{ name, app: "mock", namespace: homes[name], port: 8000, versions },
  ...(calls && { calls: `http://${calls}.${homes[calls]}:8000/mock` }),
});

const service = (name: Service, its = versions) => ({
  ...{ name, port: 8000, versions: its },
  ...(homes[name] !== "guest" && { namespace: homes[name] }),
});

const entry = (name: Service, host: string) => ({
  ...{ service: name, gateway: "istio-system/ingressgateway", hosts: [host], header: "x-lane" },
});

function guestConfig() {
  const { "current-context": context } = parse(readFileSync(workPaths.kubeconfig, "utf8"));
  const lanesOf = (...names: string[]) => names.map((name) => ({ name }));
  return {
    cluster: { kind: "existing", kubeconfig: workPaths.kubeconfig, context },
    mesh: { existing: true, revision: tag },
    gateway: { address: "10.200.0.2", existing: { account: "istio-ingressgateway" } },
    workloads: [
      workload("mocka", "mockb"),
      workload("mockb", "mockc"),
      workload("mockc"),
      // strictb is run by StatefulSets of the cluster's owner.
      workload("stricta", "strictb"),
    ],
    laneGroups: [
      {
        ...{ name: "guest", mode: "permissive", namespace: "guest", routeHeader: "x-lane", baseline: "v1" },
        // v2 has no version of mockc: the lane goes through the other namespace and comes back to the baseline.
        services: [service("mocka"), service("mockb"), service("mockc", ["v1"])],
        entry: {
          ...entry("mocka", "guest.example.com"),
          routes: [{ service: "mockb", path: { prefix: "/stock" }, method: "GET", rewrite: "/" }],
        },
        scope: { egress: [] },
        // By a header, or by a cookie where a browser was sent here from elsewhere and can send no header.
        lanes: [{ name: "v1" }, { name: "v2", match: [{ headers: { "x-lane": "v2" } }, { cookies: { lane: "v2" } }] }],
      },
      {
        ...{ name: "strict", mode: "strict", namespace: "guest" },
        services: [service("stricta"), service("strictb")],
        entry: entry("stricta", "strict.example.com"),
        lanes: lanesOf("v1", "v2"),
      },
    ],
  };
}

describe("a stack on a cluster, a mesh and a gateway of somebody else", () => {
  const file = join(projectRoot, `Pulumi.${guest}.yaml`);
  const state = mkdtempSync(join(tmpdir(), "mesh-lanes-guest-"));
  const own = { PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "of the guest" };
  let env: NodeJS.ProcessEnv;
  const kubectl = (...args: string[]) => runKubectl({ flags: [], env }, args, { timeoutSeconds: 60 });
  const asGuest = (command: string, ...args: string[]): Promise<RunResult> =>
    run(process.execPath, [join(projectRoot, "bin", "lanes.js"), command, "--stack", guest, ...args], own);
  const write = (change: (config: ReturnType<typeof guestConfig>) => object = (config) => config) => {
    const config = Object.entries(change(guestConfig())).map(([key, value]) => [`mesh-lanes:${key}`, value]);
    writeFileSync(file, stringify({ config: Object.fromEntries(config) }));
  };
  /** Everything of the gateway but what time changes. */
  const ofTheHost = async () => {
    const kinds = "deployments,services,gateways.networking.istio.io,virtualservices.networking.istio.io,configmaps";
    const { items } = JSON.parse(await kubectl("get", kinds, "--namespace=istio-system", "--output=json"));
    const objects: { kind: string; metadata: { name: string }; spec?: unknown }[] = items;
    return objects.map(({ kind, metadata, spec }) => ({ kind, name: metadata.name, spec }));
  };
  const owner = new MeshOwner();
  let untouched: unknown;
  let ownersOwn: unknown;

  before(async () => {
    mkdirSync(state, { recursive: true });
    writeStack();
    await bringUp("--no-verify");
    env = await stackEnvironment();
    await owner.setTag();
    await owner.runService();
    untouched = await ofTheHost();
    ownersOwn = await owner.has();
  });

  it("changes nothing where the gateway it names is not in the cluster", async () => {
    write((config) => ({ ...config, gateway: { ...config.gateway, name: "elsewhere" } }));
    const { exitCode, stdout, stderr } = await asGuest("up");
    assert.equal(exitCode, 1);
    const printed = stdout + stderr;
    assert.match(printed, /laneGroups\[0\]\.entry\.gateway: unknown gateway "istio-system\/ingressgateway"/);
    write((config) => ({
      ...config,
      gateway: { ...config.gateway, name: "elsewhere" },
      laneGroups: config.laneGroups.map((group) => ({
        ...group,
        entry: { ...group.entry, gateway: "istio-system/elsewhere" },
      })),
    }));
    const refused = await asGuest("up");
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stdout + refused.stderr, /gateway\.existing: no Gateway istio-system\/elsewhere/);
    assert.match(refused.stdout + refused.stderr, /no pod with istio=elsewhere in namespace istio-system/);
    await assert.rejects(kubectl("get", "namespace", "guest"), /not found/);
  });

  it("has its lanes proven by real traffic through that gateway", async () => {
    write();
    const { exitCode, stdout, stderr } = await asGuest("up");
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /guest/);
    const checked = await asGuest("verify", "--requests", "100");
    assert.equal(checked.exitCode, 0, checked.stdout + checked.stderr);
    const found = await asGuest("status");
    assert.equal(found.exitCode, 0, found.stdout + found.stderr);
  });

  it("keeps a lane through both namespaces, and falls back where a version has no pod", async () => {
    const versionsIn = async (lane: string) => {
      const { status, body } = await client.send({
        host: "guest.example.com",
        path: "/mock",
        headers: { "x-lane": lane },
      });
      return status === 200 ? parseHops(body).map(({ version }) => version) : [status, body];
    };
    const client = new GatewayClient("http://10.200.0.2");
    try {
      assert.deepEqual(await versionsIn("v1"), ["v1", "v1", "v1"]);
      assert.deepEqual(await versionsIn("v2"), ["v2", "v2", "v1"]);
      const v2 = ["deployment/mockb-v2", "--namespace=guest-stock"];
      await kubectl("scale", ...v2, "--replicas=0");
      await kubectl(
        "wait",
        "pods",
        "--namespace=guest-stock",
        "--selector=app=mockb,version=v2",
        "--for=delete",
        "--timeout=60s",
      );
      await waitFor(
        () => "lane v2 to fall back at mockb",
        async () => ((await versionsIn("v2")).join() === "v2,v1,v1" ? true : undefined),
        { withinMs: 20_000 },
      );
      const { exitCode, stdout } = await asGuest("status", "--group", "guest");
      assert.equal(exitCode, 0, stdout);
      assert.match(stdout, /guest-stock/);
      await kubectl("scale", ...v2, "--replicas=1");
      await kubectl("rollout", "status", ...v2, "--timeout=60s");
      await waitFor(
        () => "lane v2 to have its own mockb again",
        async () => ((await versionsIn("v2")).join() === "v2,v2,v1" ? true : undefined),
        { withinMs: 20_000 },
      );
    } finally {
      client.close();
    }
  });

  it("has several entries with one choice of lane: by path and method, by a header or a cookie", async () => {
    const client = new HttpClient("http://10.200.0.2");
    const chain = async (method: string, path: string, headers: Readonly<Record<string, string>>) => {
      const { body } = await client.send(path, { method, headers: { host: "guest.example.com", ...headers } });
      return parseHops(body).map(({ service, version }) => `${service} ${version}`);
    };
    const whole = ["mocka v2", "mockb v2", "mockc v1"];
    const ways: readonly Readonly<Record<string, string>>[] = [{ "x-lane": "v2" }, { cookie: "a=b; lane=v2" }];
    try {
      for (const headers of ways) {
        assert.deepEqual(await chain("GET", "/mock", headers), whole);
        assert.deepEqual(await chain("GET", "/stock/7", headers), whole.slice(1));
        assert.deepEqual(await chain("POST", "/stock/7", headers), whole);
      }
      assert.deepEqual(await chain("GET", "/stock", {}), ["mockb v1", "mockc v1"]);
    } finally {
      client.close();
    }
  });

  it("has its sidecars by the tag of the mesh's owner, in its own namespaces as in the owner's", async () => {
    const byTag = { labels: { "istio.io/rev": tag }, revisions: ["default"] };
    for (const namespace of ["guest", "guest-stock", ownersNamespace])
      assert.deepEqual(await owner.injection(namespace), byTag, namespace);
  });

  it("is told that a lane has no pod of the owner's StatefulSet, and that it has one again", async () => {
    await owner.scale("v2", 0);
    const down = await asGuest("status", "--group", "strict");
    assert.equal(down.exitCode, 1);
    assert.match(down.stdout, /StatefulSet guest-owner\/strictb-v2|kubectl scale .*statefulset\/strictb-v2/);
    await owner.scale("v2", 1);
    const back = await asGuest("status", "--group", "strict");
    assert.equal(back.exitCode, 0, back.stdout);
  });

  it("carries the lane through every call, as a marked request shows", async () => {
    const { exitCode, stdout, stderr } = await asGuest("preflight", "--group", "guest");
    assert.equal(exitCode, 0, stdout + stderr);
  });

  it("treats requests as policies say, a fault only those of its lane", async () => {
    const client = new GatewayClient("http://10.200.0.2");
    const ask = (host: string, lane: string) => client.send({ host, path: "/mock", headers: { "x-lane": lane } });
    const fault = { abort: { status: 418 }, lanes: ["v2"] };
    write((config) => ({
      ...config,
      laneGroups: config.laneGroups.map((group) =>
        group.name === "guest"
          ? {
              ...group,
              services: group.services.map((each) =>
                each.name === "mockb"
                  ? { ...each, policy: { fault }, traffic: { outlierDetection: { consecutive5xxErrors: 5 } } }
                  : each,
              ),
              policy: { retries: { attempts: 0 }, headers: { response: { set: { "x-team": "guest" } } } },
            }
          : {
              ...group,
              services: group.services.map((each) =>
                each.name === "strictb" ? { ...each, policy: { fault: { delay: { duration: "2s" } } } } : each,
              ),
              entry: { ...group.entry, policy: { timeout: "500ms" } },
            },
      ),
    }));
    try {
      // Its proof would call the faults broken lanes.
      const { exitCode, stdout, stderr } = await asGuest("up", "--no-verify");
      assert.equal(exitCode, 0, stdout + stderr);
      const whole = await ask("guest.example.com", "v1");
      assert.equal(whole.status, 200, whole.body);
      assert.equal(whole.headers["x-team"], "guest");
      assert.match((await ask("guest.example.com", "v2")).body, /418/);
      // Its second hop takes longer.
      assert.equal((await ask("strict.example.com", "v1")).status, 504);
      const found = await asGuest("status");
      assert.equal(found.exitCode, 0, found.stdout + found.stderr);
      write();
      const back = await asGuest("up");
      assert.equal(back.exitCode, 0, back.stdout + back.stderr);
    } finally {
      client.close();
    }
  });

  it("leaves the host's lanes as they are, and its objects", async () => {
    const { exitCode, stdout } = await lanes("verify", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
    assert.deepEqual(await ofTheHost(), untouched);
  });

  it("takes away what is its own, and nothing else", async () => {
    const { exitCode, stdout, stderr } = await asGuest("destroy");
    assert.equal(exitCode, 0, stdout + stderr);
    // A namespace stays, since others may have put things into it (docs/what-it-touches.md), and so does what it holds for all.
    const kinds = "pods,services,deployments,serviceaccounts,virtualservices,destinationrules,networkpolicies";
    for (const namespace of ["guest", "guest-stock"]) {
      const where = [`--namespace=${namespace}`, "--selector=mesh-lanes/stack"];
      assert.equal(await kubectl("get", kinds, ...where, "--output=name"), "");
    }
    assert.deepEqual(await ofTheHost(), untouched);
    assert.deepEqual(await owner.has(), ownersOwn);
    const checked = await lanes("verify", "--stack", stack);
    assert.equal(checked.exitCode, 0, checked.stdout);
  });

  after(async () => {
    await owner.leave();
    await endStack();
    rmSync(file, { force: true });
    rmSync(state, { recursive: true, force: true });
  });
});
