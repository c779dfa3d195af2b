import assert from "node:assert/strict";
import { mkdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Reporter, silentReporter } from "../../../../tools/report/reporter";
import { withLock } from "../../../../tools/toolchain/lock";
import { scratchFolder } from "./scratch-folder";

describe("withLock", () => {
  const folder = scratchFolder();

  it("lets the second wait for the first, and says for whom", async () => {
    const order: string[] = [];
    const waits: string[] = [];
    const reporter: Reporter = { ...silentReporter, waiting: (text) => waits.push(text) };
    const first = withLock(folder(), silentReporter, async () => {
      order.push("first begins");
      await sleep(200);
      order.push("first ends");
    });
    await sleep(50);
    const second = withLock(folder(), reporter, async () => order.push("second"));
    await Promise.all([first, second]);
    assert.deepEqual(order, ["first begins", "first ends", "second"]);
    assert.match(waits[0] ?? "", new RegExp(`waiting for process ${process.pid} on .+ \\(since .+\\)`));
  });

  it("takes over the lock of a process that died", async () => {
    const lock = join(folder(), "lock");
    mkdirSync(lock);
    const long = new Date(Date.now() - 60_000);
    utimesSync(lock, long, long);
    assert.equal(await withLock(folder(), silentReporter, async () => "done"), "done");
  });

  it("gives the lock back when the work fails", async () => {
    const failing = withLock(folder(), silentReporter, async () => {
      throw new Error("broken");
    });
    await assert.rejects(failing, /broken/);
    assert.equal(await withLock(folder(), silentReporter, async () => "done"), "done");
  });
});
