import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import execa from "execa";
import { projectRoot } from "../../tools/paths";
import { seed } from "../seed";
import { bringUp } from "./suite-stack";
import { lanes, removeStackFile, run, stack, stackEnvironment, writeStack } from "./support";

/** How many updates are interrupted. */
const moments = Number(process.env.MESH_LANES_MOMENTS ?? 2);

type Lane = { readonly name: string; readonly version: string };
const old: readonly Lane[] = [
  { name: "s1", version: "v1" },
  { name: "s2", version: "v2" },
  { name: "s3", version: "v3" },
];
/** A lane gets another version, one goes, one comes. */
const interrupted: readonly Lane[] = [
  { name: "s1", version: "v1" },
  { name: "s2", version: "v3" },
  { name: "s5", version: "v2" },
];
const third: readonly Lane[] = [
  { name: "s1", version: "v1" },
  { name: "s4", version: "v2" },
];
/** What the next update wants, in turn. */
const nexts: readonly (readonly [string, readonly Lane[]])[] = [
  ["the same config", interrupted],
  ["the old config", old],
  ["a third config", third],
];
/** How the next update is made, in turn. */
const doors = ["lanes up", "pulumi up"] as const;

/** Kills updates at random moments: one further update, and state, cluster and plan are the same. */
describe(`updates that are killed (${moments} moments, seed ${seed})`, () => {
  let env: NodeJS.ProcessEnv = {};
  /** How long an update takes that nobody interrupts: milliseconds. */
  let usual = 0;
  let random = seed;

  const write = (wanted: readonly Lane[]) =>
    writeStack((config) => config.setIn(["config", "mesh-lanes:laneGroups", 0, "lanes"], wanted));

  const up = async (wanted: readonly Lane[]): Promise<void> => {
    write(wanted);
    await bringUp("--no-verify");
  };

  before(async () => {
    await up(interrupted);
    const start = performance.now();
    await up(old);
    usual = performance.now() - start;
    env = await stackEnvironment();
  });

  after(removeStackFile);

  async function kill(): Promise<number> {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    const moment = Math.round((random / 2 ** 31) * usual);
    write(interrupted);
    // A session of its own, so that nothing but these processes is hit.
    const child = execa(
      process.execPath,
      [join(projectRoot, "bin", "lanes.js"), "up", "--stack", stack, "--no-verify"],
      {
        cwd: projectRoot,
        detached: true,
        reject: false,
        stdio: "ignore",
      },
    );
    await Promise.race([sleep(moment), child]);
    if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGKILL");
    await child;
    return moment;
  }

  for (let index = 0; index < moments; index += 1) {
    const [what, wanted] = nexts[index % nexts.length] ?? ["", []];
    const door = doors[Math.floor(index / nexts.length) % doors.length] ?? "lanes up";
    it(`${index + 1}: one ${door} with ${what}, and all is as planned`, async () => {
      const moment = await kill();
      const context = `killed after ${moment} of ${Math.round(usual)} ms`;
      if (door === "lanes up") await up(wanted);
      else {
        write(wanted);
        await run("pulumi", ["cancel", "--yes", "--stack", stack], env);
        const { exitCode, stdout, stderr } = await run(
          "pulumi",
          ["up", "--yes", "--skip-preview", "--stack", stack],
          env,
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
      await up(old);
    });
  }
});
