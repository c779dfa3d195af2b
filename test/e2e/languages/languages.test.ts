import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHops } from "../../../cli/verify/hops";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { workPaths } from "../../../tools/paths";
import { Load } from "../load";
import { ConsumerFolder } from "../own-program/consumer";
import { lanes, type RunResult, removeStackFile, stack, stackEnvironment, writeStack } from "../support";
import { buildHosts } from "./go-tools";
import { type Language, python, yaml } from "./programs";

const gateway = "http://10.200.0.2";

describe("lanes from the npm package, on a cluster and a mesh that are there", () => {
  let hosts: string;

  before(async () => {
    hosts = await buildHosts();
    writeStack((config) => {
      config.setIn(["config", "mesh-lanes:laneGroups"], []);
      // No lane group of the stack declares a call.
      config.setIn(["config", "mesh-lanes:security"], { authorization: false, networkPolicies: false });
    });
    const { exitCode, stdout } = await lanes("up", "--stack", stack, "--no-verify");
    assert.equal(exitCode, 0, stdout);
  });

  for (const language of [python, yaml]) inLanguage(language, () => hosts);

  after(async () => {
    await lanes("stop", "--stack", stack, "--purge");
    removeStackFile();
  });
});

function inLanguage(language: Language, hosts: () => string): void {
  describe(`in a program in ${language.name}`, () => {
    let folder: ConsumerFolder;
    let env: NodeJS.ProcessEnv;
    const pulumi = (command: string, ...args: string[]): Promise<RunResult> =>
      folder.run("pulumi", [command, "--stack", "dev", ...args], env);
    const kubectl = (...args: string[]) => runKubectl({ flags: [], env }, args, { timeoutSeconds: 60 });
    const update = async (...names: string[]): Promise<RunResult> => {
      language.write(folder, names);
      const result = await pulumi("up", "--yes", "--skip-preview");
      assert.equal(result.exitCode, 0, result.stdout + result.stderr);
      return result;
    };

    before(async () => {
      folder = await ConsumerFolder.make();
      const path = await language.prepare(folder);
      language.write(folder, ["v1"]);
      const state = join(folder.path, "state");
      mkdirSync(state);
      const own = await stackEnvironment();
      env = {
        ...own,
        PATH: [...path, hosts(), own.PATH].join(":"),
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
      if (env) await clear();
      folder?.remove();
    });

    /** Of what the last test leaves, so that the next program begins with nothing. */
    async function clear(): Promise<void> {
      await pulumi("destroy", "--yes", "--skip-preview");
      await kubectl("delete", "virtualservice", "own.mockb", "--namespace=default", "--ignore-not-found");
    }
  });
}
