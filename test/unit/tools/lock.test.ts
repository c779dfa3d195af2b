import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../../tools/lock";
import { type Reporter, silentReporter } from "../../../tools/report/reporter";

describe("withLock", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-lock-"));
    file = join(folder, "a", "lock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("lets one in at a time, tells the second for whom it waits, and leaves nothing behind", async () => {
    const events: string[] = [];
    const told = new EventEmitter();
    const blocked = once(told, "blocked");
    const reporter: Reporter = {
      ...silentReporter,
      blocked: (text) => {
        events.push(text);
        told.emit("blocked");
      },
      note: (text) => void events.push(text),
    };
    const entered = once(told, "entered");
    const first = withLock(file, "building", reporter, async () => {
      events.push("first in");
      told.emit("entered");
      await blocked;
      events.push("first out");
    });
    await entered;
    await Promise.all([first, withLock(file, "building", reporter, async () => events.push("second in"))]);
    const since = /\(since (\d{4}-\d\d-\d\dT[\d:.]+Z)\)/.exec(events[1] ?? "")?.[1];
    const waiting = `waiting for process ${process.pid} on ${hostname()} (since ${since}), which is building`;
    // It is told again while the first one leaves, if that takes long.
    assert.deepEqual(
      [...new Set(events)].filter((text, index) => index < 2 || !text.startsWith("waiting")),
      ["first in", waiting, "first out", "it has ended", "second in"],
    );
    assert.deepEqual(readdirSync(join(folder, "a")), []);
  });

  it("takes over at once from a process that died", async () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    mkdirSync(file, { recursive: true });
    writeFileSync(`${file}.holder.json`, JSON.stringify({ pid: dead, host: hostname(), since: "before" }));
    const waits: string[] = [];
    const reporter = { ...silentReporter, blocked: (text: string) => void waits.push(text) };
    assert.equal(await withLock(file, "building", reporter, async () => "done"), "done");
    assert.deepEqual(waits, []);
  });

  it("takes over the lock of another machine once it shows no sign of life", async () => {
    mkdirSync(file, { recursive: true });
    writeFileSync(`${file}.holder.json`, JSON.stringify({ pid: 1, host: "another-host", since: "before" }));
    const long = new Date(Date.now() - 60_000);
    utimesSync(file, long, long);
    assert.equal(await withLock(file, "building", silentReporter, async () => "done"), "done");
  });

  it("fails as the work fails, and is free again", async () => {
    const failing = withLock(file, "building", silentReporter, async () => {
      throw new Error("no disk");
    });
    await assert.rejects(failing, /no disk/);
    assert.equal(await withLock(file, "building", silentReporter, async () => 1), 1);
  });
});
