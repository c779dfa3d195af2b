import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { livingHolders, removeDeadLocks } from "../../../../cli/pulumi/locks";

describe("removeDeadLocks", () => {
  let state: string;
  let folder: string;

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "mesh-lanes-locks-"));
    folder = join(state, ".pulumi", "locks", "organization", "mesh-lanes", "dev");
    mkdirSync(folder, { recursive: true });
  });
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  function lock(name: string, content: unknown): string {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  }

  it("removes the lock of a process that is gone and keeps those of the living, of other hosts and half-written ones", () => {
    const dead = lock("dead", { pid: 11, hostname: hostname() });
    const living = lock("living", { pid: 22, hostname: hostname() });
    const remote = lock("remote", { pid: 33, hostname: "another-host" });
    const torn = lock("torn", '{"pid": 4');
    assert.deepEqual(
      removeDeadLocks(state, (pid) => pid === 22),
      [11],
    );
    assert.deepEqual(
      [dead, living, remote, torn].map((file) => existsSync(file)),
      [false, true, true, true],
    );
  });

  it("tells which living processes of this machine hold a stack, and since when", () => {
    lock("dead", { pid: 11, hostname: hostname() });
    lock("living", { pid: 22, hostname: hostname(), timestamp: "2026-01-01T00:00:00Z" });
    lock("remote", { pid: 22, hostname: "another-host" });
    assert.deepEqual(
      livingHolders(join(state, ".pulumi", "locks"), (pid) => pid === 22),
      [{ pid: 22, hostname: hostname(), timestamp: "2026-01-01T00:00:00Z" }],
    );
  });

  it("has nothing to do in a new state folder", () => {
    rmSync(state, { recursive: true });
    assert.deepEqual(removeDeadLocks(state), []);
  });
});
