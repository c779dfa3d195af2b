import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";
import { poll } from "../../../tools/poll";
import { seed } from "../../seed";
import { AccountStack } from "./stack";

/** How many updates are killed, one of a stack from nothing each. */
const moments = Number(process.env.MESH_LANES_ACCOUNT_MOMENTS ?? 2);
const weights = ["config", "mesh-lanes:laneGroups", 0, "lanes"];

/**
 * Kills `lanes up` of staging in an account, while it is made from nothing and while a lane is promoted. The next one names what was
 * made and not noted, with its id; when that is deleted as it says, the update goes on, the account has one of each, and a destroy leaves nothing.
 */
describe(`updates in an account that are killed (${moments} moments, seed ${seed})`, () => {
  let stack: AccountStack;
  let random = seed;

  before(async () => {
    stack = await AccountStack.make("staging", "e2e-account-killed");
  });
  after(() => stack?.remove());

  /** As many calls of the account as the update makes before it is killed: moments that are the same on any machine. */
  async function kill(calls: number, withinMs: number): Promise<void> {
    const { account } = stack;
    const start = account.calls.length;
    const args = [join(projectRoot, "bin", "lanes.js"), "up", "--stack", stack.name];
    // A session of its own, so that nothing but these processes is hit.
    const child = execa(process.execPath, args, { ...stack.door, detached: true, reject: false, stdio: "ignore" });
    // Where the time passes first, that is the moment.
    await poll(() => account.calls.length >= start + calls || child.exitCode !== null, { withinMs, everyMs: 20 });
    process.stderr.write(
      `killed after ${account.calls.length - start} calls, the last ${account.calls.at(-1)?.action}\n`,
    );
    assert.equal(child.exitCode, null, "it ended before it was killed");
    if (child.pid) process.kill(-child.pid, "SIGKILL");
    await child;
    await stack.endProviders();
  }

  /** What a user does next. @returns ids of what he was told to delete. */
  async function goesOn(): Promise<readonly string[]> {
    await stack.pulumi("cancel", "--yes", "--stack", stack.name);
    let result = await stack.lanes("up", "--stack", stack.name);
    const told = [...result.stderr.matchAll(/the account has (\S+)$/gm)].map(([, id = ""]) => id);
    if (told.length > 0) {
      stack.deleteInConsole(told);
      result = await stack.lanes("up", "--stack", stack.name);
    }
    assert.equal(result.exitCode, 0, result.stdout + result.stderr);
    process.stderr.write(`deleted: ${told.join(", ") || "nothing"}\n`);
    const { VSwitch, ...others } = stack.has;
    assert.equal(VSwitch, 4, JSON.stringify(stack.has));
    assert.deepEqual([...new Set(Object.values(others))], [1], JSON.stringify(others));
    const unchanged = await stack.pulumi("preview", "--expect-no-changes", "--stack", stack.name);
    assert.equal(unchanged.exitCode, 0, unchanged.stdout + unchanged.stderr);
    return told;
  }

  for (let index = 1; index <= moments; index += 1) {
    it(`${index}: goes on from nothing, and has one of each`, async () => {
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      // About 90 calls make staging.
      await kill(3 + Math.round((random / 2 ** 31) * 85), 300_000);
      await goesOn();
    });

    it(`${index}: goes on with a promotion that was killed`, async () => {
      const calls = stack.account.calls.length;
      stack.write((config) => {
        for (const [lane, weight] of [60, 20, 20].entries()) config.setIn([...weights, lane, "weight"], weight);
      });
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      await kill(Number.POSITIVE_INFINITY, 5000 + (random / 2 ** 31) * 25_000);
      assert.deepEqual(await goesOn(), []);
      const writes = stack.account.calls
        .slice(calls)
        .filter(({ action }) => !/:(Check|Describe|Get|List)/.test(action));
      assert.deepEqual(writes, []);
    });

    it(`${index}: is destroyed to the last thing`, async () => {
      const { exitCode, stdout, stderr } = await stack.pulumi(
        ...["destroy", "--yes", "--skip-preview", "--run-program", "--stack", stack.name],
      );
      assert.equal(exitCode, 0, stdout + stderr);
      assert.deepEqual(stack.has, {});
      stack.write();
    });
  }
});
