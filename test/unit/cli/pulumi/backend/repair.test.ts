import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { backendFolder, type StackPaths, stackPaths } from "../../../../../cli/pulumi/backend/folder";
import { repairBackend } from "../../../../../cli/pulumi/backend/repair";
import { UserError } from "../../../../../tools/user-error";
import { scratchFolder } from "../../../tools/toolchain/scratch-folder";

/** A state as the engine writes it. */
function state(time: string | undefined): string {
  const latest = time === undefined ? undefined : { manifest: { time }, resources: [] };
  return JSON.stringify({ version: 3, checkpoint: { stack: "organization/mesh-lanes/dev", latest } }, undefined, 4);
}

describe("repairBackend", () => {
  const folder = scratchFolder();
  let paths: StackPaths;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const repair = (known = {}) => repairBackend(folder(), "mesh-lanes", "dev", known);
  const times = { earlier: "2026-01-01T00:00:00.5Z", later: "2026-01-01T00:00:00.51Z", last: "2026-01-02T00:00:00Z" };

  beforeEach(() => {
    paths = stackPaths(folder(), "mesh-lanes", "dev");
  });

  it("leaves a backend alone in which all is whole, and one that has no such stack", () => {
    assert.deepEqual(repair(), { notes: [] });
    write(paths.state, state(times.later));
    write(paths.saved, state(times.earlier));
    write(join(paths.history, "dev-1.history.json"), "{}");
    const before = readFileSync(paths.state, "utf8");
    assert.deepEqual(repair(), { notes: [] });
    assert.equal(readFileSync(paths.state, "utf8"), before);
    assert.deepEqual(readdirSync(dirname(paths.state)).sort(), ["dev.json", "dev.json.bak"]);
  });

  for (const [what, text] of [
    ["a part of a state", state(times.last).slice(0, 60)],
    ["an empty file", ""],
  ] as const) {
    it(`puts the newest whole copy in the place of ${what}`, () => {
      write(paths.state, text);
      write(paths.saved, state(times.last).slice(0, 50));
      write(join(paths.backups, "dev.1.json"), state(times.earlier));
      write(join(paths.backups, "dev.2.json"), state(times.later));
      write(join(paths.backups, "dev.3.json"), "");
      const { notes, since } = repair();
      assert.equal(readFileSync(paths.state, "utf8"), state(times.later));
      assert.equal(readFileSync(`${paths.state}.broken`, "utf8"), text);
      assert.match(notes.join("\n"), /the state of stack dev was not whole.*2026-01-01T00:00:00\.51Z/);
      assert.deepEqual(since, new Date(times.later));
      assert.deepEqual(repair(), { notes: [] });
    });
  }

  it("takes a state of half-way, and looks from the beginning of that update on for what it lacks", () => {
    write(paths.state, "{");
    write(paths.saved, state(times.last));
    write(join(paths.backups, "dev.1.json"), state(times.earlier));
    assert.deepEqual(repair().since, new Date(times.earlier));
    assert.equal(readFileSync(paths.state, "utf8"), state(times.last));
  });

  it("takes what was kept from before the update, and its beginning", () => {
    const kept = join(folder(), "updates", "dev.before.json");
    write(paths.state, "");
    write(kept, state(undefined));
    const begun = new Date(times.earlier);
    assert.deepEqual(repair({ kept, begun }).since, begun);
    assert.equal(readFileSync(paths.state, "utf8"), state(undefined));
    assert.ok(existsSync(kept));
  });

  it("removes a lock that was never taken, and what the history cannot be read for", () => {
    write(paths.state, state(times.last));
    write(join(paths.locks, "a.json"), "");
    write(join(paths.history, "dev-1.history.json"), "{}");
    write(join(paths.history, "dev-2.history.json"), '{"kind"');
    assert.equal(repair().notes.length, 2);
    assert.deepEqual([...readdirSync(paths.locks), ...readdirSync(paths.history)], ["dev-1.history.json"]);
  });

  it("reads of a long history the end alone", () => {
    write(paths.state, state(times.last));
    for (let index = 100; index < 160; index += 1) write(join(paths.history, `dev-${index}.history.json`), "{}");
    for (const index of [105, 155]) write(join(paths.history, `dev-${index}.history.json`), "");
    assert.equal(repair().notes.length, 1);
    const left = readdirSync(paths.history);
    assert.deepEqual([left.includes("dev-105.history.json"), left.includes("dev-155.history.json")], [true, false]);
  });

  it("touches nothing while somebody is at work on the stack", () => {
    write(paths.state, "");
    write(paths.saved, state(times.last));
    write(join(paths.locks, "a.json"), JSON.stringify({ pid: process.pid, hostname: hostname() }));
    assert.deepEqual(repair(), { notes: [] });
    assert.equal(readFileSync(paths.state, "utf8"), "");
  });

  it("plans from no state where no copy is whole: it says so, and names the ways out", () => {
    write(paths.state, "{");
    write(paths.saved, "");
    assert.throws(repair, (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /the state of stack dev is not whole, and no copy of it is/);
      assert.match(error.message, /dev\.json\.bak/);
      return true;
    });
    assert.equal(readFileSync(paths.state, "utf8"), "{");
  });
});

describe("backendFolder", () => {
  it("is that of a file backend alone", () => {
    assert.equal(backendFolder("file:///a/b?metadata=skip", "/w"), "/a/b");
    assert.equal(backendFolder("file://./b", "/w"), "/w/b");
    assert.match(backendFolder("file://~/b", "/w") ?? "", /^\/.+\/b$/);
    for (const url of [undefined, "", "https://api.pulumi.com", "s3://bucket"]) {
      assert.equal(backendFolder(url, "/w"), undefined);
    }
  });
});
