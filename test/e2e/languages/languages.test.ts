import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { workPaths } from "../../../tools/paths";
import { Load } from "../load";
import { ConsumerFolder } from "../own-program/consumer";
import { lanes, type RunResult, removeStackFile, stack, stackEnvironment, writeStack } from "../support";
import { buildYamlHost } from "./yaml-host";

const gateway = "http://10.200.0.2";

function reference(name: string): string {
  return `\${${name}}`;
}

/** A program in YAML, on a cluster and a mesh that are there. */
function program(names: readonly string[]): string {
  return stringify({
    name: "yaml",
    runtime: "yaml",
    packages: { "mesh-lanes": "./node_modules/mesh-lanes/dist/provider" },
    config: { kubeconfig: { type: "string", secret: true } },
    resources: {
      cluster: { type: "pulumi:providers:kubernetes", properties: { kubeconfig: reference("kubeconfig") } },
      own: {
        type: "mesh-lanes:index:Lanes",
        properties: {
          mode: "permissive",
          versionLabel: "ASM_TRAFFIC_TAG",
          services: ["mocka", "mockb", "mockc"].map((name) => ({ name, port: 8000, versions: ["v1", "v2", "v3"] })),
          entry: { service: "mocka", gateway: "istio-system/ingressgateway", header: "version" },
          routeHeader: "version",
          baseline: "v1",
          lanes: names.map((name) => ({ name })),
          kubeconfig: reference("kubeconfig"),
        },
        options: { providers: [reference("cluster")] },
      },
    },
    outputs: { lanes: reference("own.laneNames") },
  });
}

describe("lanes in a program in YAML, from the npm package", () => {
  let folder: ConsumerFolder;
  let env: NodeJS.ProcessEnv;
  const pulumi = (...args: string[]): Promise<RunResult> => folder.run("pulumi", [...args, "--stack", "dev"], env);
  const kubectl = (...args: string[]) => runKubectl({ flags: [], env }, args, { timeoutSeconds: 60 });
  const update = async (...names: string[]): Promise<RunResult> => {
    folder.write("Pulumi.yaml", program(names));
    const result = await pulumi("up", "--yes", "--skip-preview");
    assert.equal(result.exitCode, 0, result.stdout + result.stderr);
    return result;
  };

  before(async () => {
    const bin = await buildYamlHost();
    writeStack((config) => {
      config.setIn(["config", "mesh-lanes:laneGroups"], []);
      // No lane group of the stack declares a call.
      config.setIn(["config", "mesh-lanes:security"], { authorization: false, networkPolicies: false });
    });
    const { exitCode, stdout } = await lanes("up", "--stack", stack, "--no-verify");
    assert.equal(exitCode, 0, stdout);
    folder = await ConsumerFolder.make();
    folder.write("Pulumi.yaml", program(["v1"]));
    const state = join(folder.path, "state");
    mkdirSync(state);
    const own = await stackEnvironment();
    env = {
      ...own,
      PATH: `${bin}:${own.PATH}`,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "own",
    };
    const made = await folder.run("pulumi", ["stack", "init", "dev"], env);
    assert.equal(made.exitCode, 0, made.stderr);
    const kubeconfig = readFileSync(workPaths.kubeconfig, "utf8");
    const set = await pulumi("config", "set", "--secret", "kubeconfig", "--", kubeconfig);
    assert.equal(set.exitCode, 0, set.stderr);
  });

  it("warns of nothing, waits for the proxies, and changes nothing more once it is there", async () => {
    const { stdout, stderr } = await update("v1", "v2", "v3");
    assert.doesNotMatch(stdout + stderr, /warning: lane group|istiod cannot be asked/);
    assert.match(stdout, /mesh-lanes:index:ProxySync/);
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

  it("leaves nothing of the group when it is destroyed", async () => {
    const removed = await pulumi("destroy", "--yes", "--skip-preview");
    assert.equal(removed.exitCode, 0, removed.stdout + removed.stderr);
    const left = ["get", "virtualservices,destinationrules,envoyfilters", "--all-namespaces", "--output=name"];
    assert.equal(await kubectl(...left, "--selector=mesh-lanes/group=own"), "");
  });

  it("leaves alone what somebody else has made in its name, and says whose it is", async () => {
    const theirs = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "own.mockb", namespace: "default" },
      spec: { hosts: ["mockb"], http: [{ route: [{ destination: { host: "mockb" } }] }] },
    };
    folder.write("theirs.json", JSON.stringify(theirs));
    await kubectl("apply", "--filename", join(folder.path, "theirs.json"));
    const { exitCode, stdout, stderr } = await pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(exitCode, 0);
    assert.match(stdout + stderr, /What is theirs was left as it is; .*\n.*VirtualService default\/own\.mockb/);
    const live = await kubectl("get", "virtualservice", "own.mockb", "--namespace=default", "--output=json");
    assert.deepEqual(JSON.parse(live).spec, theirs.spec);
  });

  after(async () => {
    folder?.remove();
    await lanes("stop", "--stack", stack, "--purge");
    removeStackFile();
  });
});
