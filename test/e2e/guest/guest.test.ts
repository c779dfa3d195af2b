import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { projectRoot, workPaths } from "../../../tools/paths";
import { lanes, type RunResult, removeStackFile, run, stack, stackEnvironment, writeStack } from "../support";

/** A stack that has nothing of its own but workloads and lanes: cluster, mesh and gateway are the suite's stack's. */
const guest = "e2e-guest";
const names = ["mocka", "mockb"];

function guestConfig() {
  const { "current-context": context } = parse(readFileSync(workPaths.kubeconfig, "utf8"));
  return {
    cluster: { kind: "existing", kubeconfig: workPaths.kubeconfig, context },
    mesh: { existing: true },
    gateway: { address: "10.200.0.2", existing: { account: "istio-ingressgateway" } },
    workloads: names.map((name, index) => ({
      ...{ name, app: "mock", namespace: "guest", port: 8000, versions: ["v1", "v2"] },
      ...(index === 0 && { calls: "http://mockb.guest:8000/mock" }),
    })),
    laneGroups: [
      {
        ...{ name: "guest", mode: "permissive", namespace: "guest", routeHeader: "x-lane", baseline: "v1" },
        services: names.map((name) => ({ name, port: 8000, versions: ["v1", "v2"] })),
        entry: {
          service: "mocka",
          gateway: "istio-system/ingressgateway",
          hosts: ["guest.example.com"],
          header: "x-lane",
        },
        lanes: [{ name: "v1" }, { name: "v2" }],
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
  let untouched: unknown;

  before(async () => {
    mkdirSync(state, { recursive: true });
    writeStack();
    const { exitCode, stdout } = await lanes("up", "--stack", stack, "--no-verify");
    assert.equal(exitCode, 0, stdout);
    env = await stackEnvironment();
    untouched = await ofTheHost();
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
    const left = await kubectl("get", kinds, "--namespace=guest", "--selector=mesh-lanes/stack", "--output=name");
    assert.equal(left, "");
    assert.deepEqual(await ofTheHost(), untouched);
    const checked = await lanes("verify", "--stack", stack);
    assert.equal(checked.exitCode, 0, checked.stdout);
  });

  after(async () => {
    await lanes("stop", "--stack", stack, "--purge");
    rmSync(file, { force: true });
    rmSync(state, { recursive: true, force: true });
    removeStackFile();
  });
});
