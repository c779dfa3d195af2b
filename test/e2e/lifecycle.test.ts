import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PreviewReport } from "../../cli/preview/report";
import { contentHash } from "../../components/lanes/object";
import { nodeConfig, nodePaths } from "../../tools/embedded/config";
import { leftovers } from "../../tools/embedded/leftovers";
import { workPaths } from "../../tools/paths";
import { strayProcesses } from "../../tools/stray-processes";
import { fromAnything } from "./suite-stack";
import {
  anotherCheckout,
  killDuringHelmInstall,
  lanes,
  lanesIn,
  removeStackFile,
  run,
  stack,
  stackEnvironment,
  verifySees,
  writeStack,
} from "./support";

/** The main job from nothing to nothing: bring up, prove, change, break, repair, destroy. */
describe("the local stack", () => {
  const node = nodeConfig();

  before(() => writeStack());

  it("comes up from nothing with every lane proven by traffic", async () => {
    const { exitCode, stdout } = await lanes("up", "--stack", stack, fromAnything);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^3 passed, 0 failed$/m);
  });

  it("has nothing to do when it is run again", async () => {
    const { exitCode, stderr } = await lanes("up", "--stack", stack);
    assert.equal(exitCode, 0);
    assert.match(stderr, /resources: \d+ same$/m);
  });

  it("is a plain Pulumi stack: preview in the printed environment sees no change", async () => {
    const env = await stackEnvironment();
    const { exitCode, stderr } = await run("pulumi", ["preview", "--stack", stack, "--expect-no-changes"], env);
    assert.equal(exitCode, 0, stderr);
  });

  it("has its state in files that are written in one piece, since updates read it while it is written", async () => {
    const files = readdirSync(workPaths.state, { recursive: true }).map(String);
    assert.ok(files.some((file) => file.endsWith(`${stack}.json`)));
    assert.deepEqual(
      files.filter((file) => file.endsWith(".attrs")),
      [],
    );
  });

  it("keeps the cluster's keys out of plain state, outputs and logs", async () => {
    const data = /client-key-data: (\S+)/.exec(readFileSync(workPaths.kubeconfig, "utf8"))?.[1];
    // Past the header that every key begins with.
    const key = data?.slice(80, 140);
    assert.ok(key);
    const { exitCode } = await run("grep", ["-rlF", key, workPaths.state, workPaths.logs]);
    assert.equal(exitCode, 1, "grep found the admin key");
    const outputs = await run("pulumi", ["stack", "output", "--stack", stack], await stackEnvironment());
    assert.doesNotMatch(outputs.stdout, new RegExp(key));
    assert.match(outputs.stdout, /kubeconfig\s+\[secret\]/);
  });

  it("refuses a wrong config with every problem and without touching anything", async () => {
    const state = join(workPaths.state, ".pulumi", "stacks", "mesh-lanes", `${stack}.json`);
    const before = readFileSync(state, "utf8");
    const env = await stackEnvironment();
    writeStack((config) => {
      config.setIn(["config", "mesh-lanes:laneGroups", 0, "lanes", 0, "version"], "v9");
      config.setIn(["config", "mesh-lanes:laneGroups", 0, "lanes", 1, "wieght"], 10);
    });
    const { exitCode, stderr } = await lanes("up", "--stack", stack);
    const plain = await run("pulumi", ["preview", "--stack", stack], env);
    writeStack();
    assert.equal(exitCode, 1);
    assert.match(stderr, /laneGroups\[0\]\.lanes\[0\]\.version/);
    assert.match(stderr, /laneGroups\[0\]\.lanes\[1\]\.wieght/);
    assert.doesNotMatch(stderr, /^\s+at /m, "a stack trace");
    assert.notEqual(plain.exitCode, 0);
    assert.match(plain.stdout + plain.stderr, /laneGroups\[0\]\.lanes\[0\]\.version/);
    assert.equal(readFileSync(state, "utf8"), before);
  });

  const exchanged = (change: Parameters<typeof writeStack>[0] = () => {}) =>
    writeStack((config) => {
      change(config);
      config.setIn(["config", "mesh-lanes:laneGroups", 0, "lanes", 0, "version"], "v2");
      config.setIn(["config", "mesh-lanes:laneGroups", 0, "lanes", 1, "version"], "v1");
    });

  it("refuses what is unsafe in one update, each time, by every command, and requests meet what they met", async () => {
    const env = await stackEnvironment();
    exchanged();
    const reason = /test: strict lane s1 changes its version in place[\s\S]*fix: Add a lane with the new version/;
    for (let time = 0; time < 2; time += 1) {
      const { exitCode, stdout, stderr } = await lanes("up", "--stack", stack);
      assert.equal(exitCode, 1, stdout);
      assert.match(stderr, reason);
      assert.match(stderr, /--allow-unsafe-order/);
      assert.doesNotMatch(stderr, /^\s+at /m, "a stack trace");
    }
    for (const command of [["preview"], ["up", "--yes"], ["up", "--yes", "--skip-preview"]]) {
      const { exitCode, stdout, stderr } = await run(
        "pulumi",
        [...command, "--stack", stack, "--non-interactive"],
        env,
      );
      assert.notEqual(exitCode, 0);
      assert.match(stdout + stderr, reason);
    }
    const preview = await lanes("preview", "--stack", stack, "--json");
    assert.equal(preview.exitCode, 1);
    const report: PreviewReport = JSON.parse(preview.stdout);
    assert.deepEqual([report.failed, report.refused.map(({ group }) => group)], [null, ["test", "test"]]);
    // The rest of what the update would do is told all the same.
    assert.ok(report.changes.length > 0);
    writeStack();
    assert.equal((await verifySees(/^3 passed, 0 failed$/m)).exitCode, 0);
  });

  it("changes a lane's versions by config and one update, where that is allowed", async () => {
    exchanged();
    const { exitCode, stdout } = await lanes("up", "--stack", stack, "--allow-unsafe-order");
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /│ s1 +│ 100 +│ v2 +│ v2 +│ v2 +│ ok/);
    assert.match(stdout, /│ s2 +│ 100 +│ v1 +│ v1 +│ v1 +│ ok/);
  });

  it("compares with what was applied last, whoever applied it", async () => {
    const applied = async () => {
      const { exitCode, stdout, stderr } = await lanes("diff", "--applied", "--stack", stack);
      assert.equal(exitCode, 0, stderr);
      return stdout;
    };
    const ofThis = "what the stack last applied -> the working tree\n";
    assert.match(await applied(), new RegExp(`${ofThis}Nothing changes: `));
    const env = await stackEnvironment();
    exchanged((config) => config.setIn(["config", "mesh-lanes:laneGroups", 0, "policy"], { timeout: "77s" }));
    const { exitCode, stderr } = await run("pulumi", ["up", "--yes", "--skip-preview", "--stack", stack], env);
    assert.equal(exitCode, 0, stderr);
    exchanged();
    assert.match(await applied(), new RegExp(`${ofThis}[\\s\\S]*\\b77s\\b`));
    const preview = await lanes("preview", "--stack", stack);
    assert.match(preview.stdout, new RegExp(`${ofThis}[\\s\\S]*\\b77s\\b`));
    // An update takes that for what was there before, too.
    const back = await lanes("up", "--stack", stack, "--no-verify");
    assert.equal(back.exitCode, 0, back.stdout);
    assert.match(await applied(), new RegExp(`${ofThis}Nothing changes: `));
  });

  it("tells a lane that leaks: verify fails and names lane, hop, expected and seen", async () => {
    const env = await stackEnvironment();
    const name = `test.mockb.${contentHash(["v1", "v2", "v3"])}`;
    const rule = ["destinationrule", name, "--namespace", "default"];
    const patch = (version: string) =>
      run(
        "kubectl",
        [
          "patch",
          ...rule,
          "--type=json",
          `--patch=[{"op":"replace","path":"/spec/subsets/0/labels/ASM_TRAFFIC_TAG","value":"${version}"}]`,
        ],
        env,
      );
    assert.equal((await patch("v3")).exitCode, 0);
    const leak = await verifySees(/group test, lane s2, hop mockb: expected v1, seen v3 x 100/);
    assert.equal((await patch("v1")).exitCode, 0);
    assert.equal(leak.exitCode, 1);
    assert.match(leak.stdout, /^2 passed, 1 failed$/m);
    assert.equal((await verifySees(/^3 passed, 0 failed$/m)).exitCode, 0);
  });

  it("repairs a node whose processes were killed", async () => {
    for (const name of ["etcd", "kubelet", "containerd"]) {
      const { pid } = JSON.parse(readFileSync(join(nodePaths(node).pids, `${name}.json`), "utf8"));
      process.kill(pid, "SIGKILL");
    }
    const { exitCode, stdout } = await lanes("up", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^3 passed, 0 failed$/m);
  });

  it("comes back after a stop that left nothing running", async () => {
    assert.equal((await lanes("stop", "--stack", stack)).exitCode, 0);
    assert.deepEqual(leftovers(node), []);
    const { exitCode, stdout } = await lanes("up", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^3 passed, 0 failed$/m);
  });

  it("is ended by stop in any other checkout when its folder was deleted while it ran", async () => {
    const other = anotherCheckout();
    try {
      // What is mounted below the folder keeps some of it: rm says so, and nobody reads that.
      await run("rm", ["-rf", node.stateFolder]);
      const start = await lanesIn(other, "up");
      assert.equal(start.exitCode, 1);
      assert.match(start.stderr, /runs since .* which was deleted[\s\S]*`npm run stop`, here or in any checkout/);
      const stop = await lanesIn(other, "stop");
      assert.equal(stop.exitCode, 0, stop.stderr);
      assert.match(stop.stderr, new RegExp(`ending the node ${node.name} of ${node.stateFolder}`));
      assert.deepEqual(leftovers(node), []);
      assert.equal(existsSync(node.stateFolder), false);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it("recreates a node whose state was lost, and all that ran on it", async () => {
    const { exitCode, stdout } = await lanes("up", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^3 passed, 0 failed$/m);
  });

  it("goes on where an update was killed, in the middle of a Helm install", async () => {
    assert.equal((await lanes("destroy", "--stack", stack)).exitCode, 0);
    await killDuringHelmInstall("istiod");
    const { exitCode, stdout } = await lanes("up", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^3 passed, 0 failed$/m);
  });

  it("is gone after destroy and stop: no process, namespace, mount or route", async () => {
    assert.equal((await lanes("destroy", "--stack", stack)).exitCode, 0);
    assert.deepEqual(leftovers(node), []);
    assert.equal((await lanes("stop", "--stack", stack, "--purge")).exitCode, 0);
    assert.equal(existsSync(workPaths.state), false);
  });

  it("leaves no process of an update that was killed, once it is stopped", async () => {
    await killDuringHelmInstall("istiod");
    assert.notDeepEqual(strayProcesses(), [], "nothing outlived the update, so nothing is proven");
    const { exitCode, stderr } = await lanes("stop", "--stack", stack, "--purge");
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(strayProcesses(), []);
    assert.deepEqual(leftovers(node), []);
  });

  after(async () => {
    await lanes("stop", "--stack", stack);
    removeStackFile();
  });
});
