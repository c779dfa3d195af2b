import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import execa from "execa";
import { orderEnvironment } from "../../config/order/refusal";
import { projectRoot } from "../../tools/paths";
import { randomValues } from "../random";
import { seed } from "../seed";
import { Load, versionsMet } from "./load";
import { bringUp, fromAnything } from "./suite-stack";
import { lanes, removeStackFile, run, stack, stackEnvironment, writeStack } from "./support";

/** How many updates are interrupted. */
const moments = Number(process.env.MESH_LANES_MOMENTS ?? 2);
const gateway = "http://10.200.0.2";

/** Lanes and their versions: a lane gets another version, some go, some come; s1 stays as it is. To none of the others anybody sends. */
const configs: readonly Readonly<Record<string, string>>[] = [
  { s1: "v1", s2: "v2", s3: "v3" },
  { s1: "v1", s2: "v3", s5: "v2" },
  { s1: "v1", s4: "v2" },
];
/** What the next update wants, in turn, where the killed one went `steps` on from the config before. */
const nexts: readonly (readonly [string, (steps: number) => number])[] = [
  ["the same config", (steps) => steps],
  ["the old config", () => 0],
  ["a third config", (steps) => 3 - steps],
];
/** How the next update is made, in turn. */
const doors = ["lanes up", "pulumi up"] as const;

/** What ends it, at random: a lost machine, and somebody or CI that stops a job. */
const signals = ["SIGKILL", "SIGTERM"] as const;

/** Requests a second in the lane that no config changes. */
const perSecond = 20;

/**
 * Kills updates at random moments: one further update, and state, cluster and plan are the same. The lane that none of them changes
 * answers all the while. Each moment starts where the one before has ended.
 */
describe(`updates that are killed (${moments} moments, seed ${seed})`, () => {
  let env: NodeJS.ProcessEnv = {};
  /** How long an update takes that nobody interrupts: milliseconds. */
  let usual = 0;
  /** Place of the config that the stack has. */
  let current = 0;

  const write = (config: number) => {
    const wanted = Object.entries(configs[config] ?? {}).map(([name, version]) => ({ name, version }));
    writeStack((document) => document.setIn(["config", "mesh-lanes:laneGroups", 0, "lanes"], wanted));
  };

  const up = async (config: number): Promise<void> => {
    write(config);
    await bringUp("--no-verify");
  };

  before(async () => {
    await up(1);
    const start = performance.now();
    await up(0);
    usual = performance.now() - start;
    env = await stackEnvironment();
  });

  after(removeStackFile);

  /** Meanwhile each request in the lane that no config changes is answered by it. */
  async function underLoad(act: () => Promise<void>): Promise<void> {
    const request = { path: "/mock", headers: { "x-asm-prefer-tag": "s1" } };
    const load = new Load(gateway, request, perSecond, versionsMet);
    try {
      await act();
    } finally {
      await load.stop();
    }
    const { sent, failures, answers } = load.result;
    assert.deepEqual([failures, answers], [{}, { "v1 v1 v1": sent }]);
  }

  async function kill(config: number, moment: number, signal: NodeJS.Signals): Promise<void> {
    write(config);
    // A session of its own, so that nothing but these processes is hit.
    const child = execa(
      process.execPath,
      [join(projectRoot, "bin", "lanes.js"), "up", "--stack", stack, "--no-verify", fromAnything],
      {
        cwd: projectRoot,
        detached: true,
        reject: false,
        stdio: "ignore",
      },
    );
    await Promise.race([sleep(moment), child]);
    if (child.exitCode === null && child.pid) process.kill(-child.pid, signal);
    await child;
  }

  const endings = randomValues(seed, moments, (random) => ({
    /** Of the time that an update takes. */
    part: random.integer(1000) / 1000,
    signal: random.pick(signals),
    /** How far the config is from the one before. */
    steps: 1 + random.integer(1),
  }));
  for (const [index, { part, signal, steps }] of endings.entries()) {
    const [what, step = () => 0] = nexts[index % nexts.length] ?? [];
    // Six moments have each of both.
    const door = doors[index % doors.length] ?? "lanes up";
    it(`${index + 1}: one ${door} with ${what}, and all is as planned`, () =>
      underLoad(async () => {
        const killed = (current + steps) % configs.length;
        const wanted = (current + step(steps)) % configs.length;
        const moment = Math.round(part * usual);
        await kill(killed, moment, signal);
        const context = `config ${current}, on the way to ${killed} ${signal} after ${moment} of ${Math.round(usual)} ms, then ${wanted}`;
        current = wanted;
        if (door === "lanes up") await up(wanted);
        else {
          write(wanted);
          await run("pulumi", ["cancel", "--yes", "--stack", stack], env);
          const { exitCode, stdout, stderr } = await run(
            "pulumi",
            ["up", "--yes", "--skip-preview", "--stack", stack],
            { ...env, ...orderEnvironment(true) },
          );
          assert.equal(exitCode, 0, `${context}\n${stdout}${stderr}`);
        }
        const preview = await run("pulumi", ["preview", "--expect-no-changes", "--stack", stack], env);
        assert.equal(preview.exitCode, 0, `${context}\n${preview.stdout}`);
        const status = await lanes("status", "--stack", stack);
        assert.equal(status.exitCode, 0, `${context}\n${status.stdout}`);
        // Plain `pulumi up` keeps an object pending that was made and not noted: it is left over until the next `lanes up`.
        const findings = status.stdout.match(/^(?:error|warning|note) ML\d+/gm) ?? [];
        const allowed = door === "pulumi up" ? ["warning ML090"] : [];
        assert.deepEqual(
          findings.filter((finding) => !allowed.includes(finding)),
          [],
          `${context}\n${status.stdout}`,
        );
        const verified = await lanes("verify", "--stack", stack, "--requests", "20");
        assert.equal(verified.exitCode, 0, `${context}\n${verified.stdout}`);
      }));
  }
});
