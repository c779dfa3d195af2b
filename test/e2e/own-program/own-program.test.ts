import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { workPaths } from "../../../tools/paths";
import { Load } from "../load";
import { lanes, type RunResult, removeStackFile, stack, stackEnvironment, writeStack } from "../support";
import { ConsumerFolder } from "./consumer";

const gateway = "http://10.200.0.2";

/** A program of somebody else, on a cluster and a mesh that are there. */
const program = `
const { readFileSync } = require("node:fs");
const k8s = require("@pulumi/kubernetes");
const pulumi = require("@pulumi/pulumi");
const { LaneGroup, parseLaneGroup } = require("mesh-lanes");

const kubeconfig = pulumi.secret(readFileSync(process.env.CLUSTER_KUBECONFIG, "utf8"));
const provider = new k8s.Provider("cluster", { kubeconfig });
const group = parseLaneGroup({
  name: "own",
  mode: "permissive",
  versionLabel: "ASM_TRAFFIC_TAG",
  services: ["mocka", "mockb", "mockc"].map((name) => ({ name, port: 8000, versions: ["v1", "v2", "v3"] })),
  entry: { service: "mocka", gateway: "istio-system/ingressgateway", header: "version" },
  routeHeader: "version",
  baseline: "v1",
  lanes: JSON.parse(readFileSync("lanes.json", "utf8")).map((name) => ({ name })),
});
new LaneGroup("own", { group, gateway: { namespace: "istio-system", labels: { istio: "ingressgateway" } }, kubeconfig }, { provider });
`;

describe("a lane group in a program of one's own, from the npm package", () => {
  let folder: ConsumerFolder;
  let env: NodeJS.ProcessEnv;
  const pulumi = (...args: string[]): Promise<RunResult> => folder.run("pulumi", [...args, "--stack", "dev"], env);
  const kubectl = (...args: string[]) => runKubectl({ flags: [], env }, args, { timeoutSeconds: 60 });
  const update = async (...names: string[]): Promise<RunResult> => {
    folder.write("lanes.json", JSON.stringify(names));
    const result = await pulumi("up", "--yes", "--skip-preview");
    assert.equal(result.exitCode, 0, result.stdout + result.stderr);
    return result;
  };

  before(async () => {
    writeStack((config) => {
      config.setIn(["config", "mesh-lanes:laneGroups"], []);
      // No lane group of the stack declares a call.
      config.setIn(["config", "mesh-lanes:security"], { authorization: false, networkPolicies: false });
    });
    const { exitCode, stdout } = await lanes("up", "--stack", stack, "--no-verify");
    assert.equal(exitCode, 0, stdout);
    folder = await ConsumerFolder.make();
    folder.write("index.js", program);
    folder.write("Pulumi.yaml", "name: own\nruntime: nodejs\nmain: index.js\n");
    const state = join(folder.path, "state");
    mkdirSync(state);
    env = {
      ...(await stackEnvironment()),
      CLUSTER_KUBECONFIG: workPaths.kubeconfig,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "own",
    };
    const made = await folder.run("pulumi", ["stack", "init", "dev"], env);
    assert.equal(made.exitCode, 0, made.stderr);
  });

  it("warns of nothing, and changes nothing more once it is there", async () => {
    const { stdout, stderr } = await update("v1", "v2", "v3");
    assert.doesNotMatch(stdout + stderr, /warning: lane group/);
    const { exitCode, stdout: preview } = await pulumi("preview", "--expect-no-changes");
    assert.equal(exitCode, 0, preview);
  });

  it("fails and mixes no request while a lane is taken away and given back", async () => {
    const load = new Load(gateway, { path: "/", headers: { version: "v2" } }, 60, ({ body }) =>
      parseHops(body)
        .map(({ version }) => version)
        .join(" -> "),
    );
    for (const names of [
      ["v1", "v3"],
      ["v1", "v2", "v3"],
      ["v1", "v3"],
      ["v1", "v2", "v3"],
    ])
      await update(...names);
    const { sent, failures, answers } = await load.stop();
    process.stderr.write(`${sent} requests: ${JSON.stringify(answers)}\n`);
    assert.deepEqual(failures, {});
    assert.deepEqual(Object.keys(answers).sort(), ["v1 -> v1 -> v1", "v2 -> v2 -> v2"]);
    assert.ok(Object.values(answers).every((count) => count > 200));
  });

  it("writes again what was deleted by hand", async () => {
    const route = ["virtualservice", "own.mockb", "--namespace=default"];
    await kubectl("delete", ...route);
    await update("v1", "v2", "v3");
    assert.match(await kubectl("get", ...route, "--output=name"), /own\.mockb/);
  });

  it("leaves alone what somebody else has made in its name, and says whose it is", async () => {
    const removed = await pulumi("destroy", "--yes", "--skip-preview");
    assert.equal(removed.exitCode, 0, removed.stdout + removed.stderr);
    const spec = { hosts: ["mockb"], http: [{ route: [{ destination: { host: "mockb" } }] }] };
    const theirs = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "own.mockb", namespace: "default" },
      spec,
    };
    folder.write("theirs.json", JSON.stringify(theirs));
    await kubectl("apply", "--filename", join(folder.path, "theirs.json"));
    folder.write("lanes.json", JSON.stringify(["v1", "v2"]));
    const { exitCode, stdout, stderr } = await pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(exitCode, 0);
    assert.match(
      stdout + stderr,
      /would be overwritten\. What is theirs was left as it is; .*\n.*VirtualService default\/own\.mockb/,
    );
    const live = JSON.parse(
      await kubectl("get", "virtualservice", "own.mockb", "--namespace=default", "--output=json"),
    );
    assert.deepEqual(live.spec, spec);
  });

  after(async () => {
    folder?.remove();
    await lanes("stop", "--stack", stack, "--purge");
    removeStackFile();
  });
});
