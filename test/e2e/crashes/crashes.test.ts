import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import execa from "execa";
import type { Document } from "yaml";
import { projectRoot } from "../../../tools/paths";
import { randomValues } from "../../random";
import { seed } from "../../seed";
import { Load, versionsMet } from "../load";
import { bringUp, endStack, safeChange } from "../suite-stack";
import { lanes, run, stack, stackEnvironment, writeStack } from "../support";
import { victims } from "./victims";

const gateway = "http://10.200.0.2";
const perSecond = 20;
/** So long a pod that was killed may be away, in seconds. */
const away = 15;

/** The life of a lane: arguments of the command that makes each change. */
const steps: Readonly<Record<string, readonly string[]>> = {
  "a lane is added": ["add", "v2", "--from", "v1"],
  "it gets a share": ["shift", "v2=10"],
  "it is promoted": ["promote", "v2"],
  "it is rolled back": ["rollback", "--to", "v1"],
  "it is drained": ["drain", "v2"],
  "it is retired": ["retire", "v2", "--wait", "60"],
};

function shop(config: Document): void {
  const group = {
    ...{ name: "shop", mode: "permissive", versionLabel: "ASM_TRAFFIC_TAG", baseline: "v1", routeHeader: "version" },
    services: ["mocka", "mockb", "mockc"].map((name) => ({ name, port: 8000, versions: ["v1"] })),
    entry: { service: "mocka", gateway: "istio-system/ingressgateway", header: "version" },
    lanes: [{ name: "v1" }],
  };
  config.setIn(["config", "mesh-lanes:laneGroups"], config.createNode([group]));
  for (const index of [0, 1, 2]) {
    config.setIn(["config", "mesh-lanes:workloads", index, "versions"], config.createNode(["v1"]));
  }
}

/** Each step of a lane's life, with each part killed while the step's update is under way. */
describe(`what an update needs is killed while it runs (seed ${seed})`, () => {
  let env: NodeJS.ProcessEnv = {};
  /** How long each step's update took when nobody was killed: milliseconds. */
  const usual: Record<string, number> = {};

  const edit = async (args: readonly string[]): Promise<void> => {
    const { exitCode, stdout, stderr } = await lanes(...args, "--group", "shop", "--stack", stack, "--yes");
    assert.equal(exitCode, 0, stdout + stderr);
  };

  const newLoad = (): Load => new Load(gateway, { path: "/", headers: {} }, perSecond, versionsMet);

  before(async () => {
    writeStack(shop);
    await bringUp("--no-verify");
    env = await stackEnvironment();
    for (const [step, args] of Object.entries(steps)) {
      await edit(args);
      const start = performance.now();
      await safeChange("--no-verify");
      usual[step] = performance.now() - start;
    }
  });

  after(endStack);

  /** An update whose victim is killed after that part of its time. @returns the moment, and how the update ended. */
  async function updateWithout(kill: (update: number) => Promise<void>, step: string, part: number) {
    const moment = Math.round(part * (usual[step] ?? 0));
    const args = [join(projectRoot, "bin", "lanes.js"), "up", "--stack", stack, "--no-verify"];
    const update = execa(process.execPath, args, { cwd: projectRoot, reject: false, stdin: "ignore", all: true });
    await Promise.race([sleep(moment), update]);
    if (update.exitCode === null && update.pid !== undefined) await kill(update.pid);
    const { exitCode, all = "" } = await update;
    return { context: `killed after ${moment} of ${Math.round(usual[step] ?? 0)} ms: exit code ${exitCode}`, all };
  }

  for (const { name, serves, kill } of victims) {
    describe(name, () => {
      /** Of the time that each step's update takes. */
      const parts = randomValues(seed, Object.keys(steps).length, (random) => random.integer(1000) / 1000);
      for (const [index, [step, args]] of Object.entries(steps).entries()) {
        it(`while ${step}: one further update, and all is as planned`, async () => {
          await edit(args);
          const load = newLoad();
          try {
            const { context, all } = await updateWithout((update) => kill(update, index), step, parts[index] ?? 0);
            process.stderr.write(`${name}, ${step}, ${context}\n`);
            assert.doesNotMatch(all, /^\s+at .*:\d+:\d+\)?$/m, `${context}: a stack trace\n${all}`);
            await safeChange("--no-verify");
            const preview = await run("pulumi", ["preview", "--expect-no-changes", "--stack", stack], env);
            assert.equal(preview.exitCode, 0, `${context}\n${preview.stdout}`);
            const status = await lanes("status", "--stack", stack);
            assert.equal(status.exitCode, 0, `${context}\n${status.stdout}`);
          } finally {
            await load.stop();
          }
          const { sent, failures, answers } = load.result;
          const failed = Object.values(failures).reduce((sum, each) => sum + each, 0);
          process.stderr.write(`${sent} requests: ${JSON.stringify({ failures, answers })}\n`);
          assert.ok(failed <= (serves ? perSecond * away : 0), JSON.stringify(failures));
          // Where a pod is away the lane of the others goes on in what is there: permissive.
          if (!serves)
            assert.deepEqual(
              Object.keys(answers).filter((chain) => new Set(chain.split(" ")).size > 1),
              [],
            );
          const after = newLoad();
          await sleep(1000);
          assert.deepEqual((await after.stop()).failures, {});
        });
      }
    });
  }
});
