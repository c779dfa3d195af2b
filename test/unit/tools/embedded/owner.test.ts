import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeConfig } from "../../../../tools/embedded/config";
import { checkOwner, readOwner, stateIsOurs, takeOwnership, takeState } from "../../../../tools/embedded/owner";
import { identityOf } from "../../../../tools/embedded/proc";
import { UserError } from "../../../../tools/user-error";

describe("owner of a node's name", () => {
  let runFolder: string;
  beforeEach(() => {
    runFolder = mkdtempSync(join(tmpdir(), "owner-"));
  });
  afterEach(() => rmSync(runFolder, { recursive: true }));
  const config = (stateFolder: string) => ({ ...nodeConfig({ stateFolder }), runFolder });
  const letOneProcessLive = () =>
    writeFileSync(
      join(runFolder, "pids", "etcd.json"),
      JSON.stringify({ ...identityOf(process.pid), fingerprint: "f", startedAt: 1 }),
    );

  it("is nobody at first, then the one who takes it", () => {
    assert.equal(checkOwner(config("/a")), undefined);
    takeOwnership(config("/a"), new Date("2030-01-01T00:00:00Z"));
    assert.equal(checkOwner(config("/a")), undefined);
    assert.deepEqual(
      { ...readOwner(config("/b")), madeFolders: [], user: "" },
      { stateFolder: "/a", user: "", since: "2030-01-01T00:00:00.000Z", madeFolders: [] },
    );
  });

  it("keeps its time when it takes the name again", () => {
    takeOwnership(config("/a"), new Date("2030-01-01T00:00:00Z"));
    takeOwnership(config("/a"), new Date("2031-01-01T00:00:00Z"));
    assert.equal(readOwner(config("/a"))?.since, "2030-01-01T00:00:00.000Z");
  });

  it("fails for another folder while a process lives, naming the folder and the way out", () => {
    takeOwnership(config("/a"));
    letOneProcessLive();
    assert.throws(
      () => checkOwner(config("/b")),
      (error) =>
        error instanceof UserError &&
        /for \/a /.test(error.problems[0]?.got ?? "") &&
        /npm run stop/.test(error.problems[0]?.fix ?? ""),
    );
  });

  it("is told as deleted when its folder is, or all of it that can be, with the command that ends it", () => {
    const gone = join(runFolder, "checkout", ".lanes", "node");
    takeState(nodeConfig({ stateFolder: gone }));
    takeOwnership(config(gone));
    letOneProcessLive();
    const got = () => {
      try {
        checkOwner(config("/b"));
      } catch (error) {
        return error instanceof UserError ? error.problems[0] : undefined;
      }
      return undefined;
    };
    assert.doesNotMatch(got()?.got ?? "", /deleted/);
    rmSync(join(gone, "name"));
    assert.match(got()?.got ?? "", /node \(user .*\), which was deleted$/);
    assert.match(got()?.fix ?? "", /`npm run stop`, here or in any checkout/);
    rmSync(join(runFolder, "checkout"), { recursive: true });
    assert.match(got()?.got ?? "", /, which was deleted$/);
  });

  it("is handed back for cleaning up when all its processes are dead", () => {
    takeOwnership(config("/a"));
    assert.equal(checkOwner(config("/b"))?.stateFolder, "/a");
  });

  it("fails on a run folder of something else", () => {
    writeFileSync(join(runFolder, "something.sock"), "");
    assert.throws(() => checkOwner(config("/a")), UserError);
  });

  it("may be taken where a run was killed before it was done", () => {
    mkdirSync(join(runFolder, "pids"));
    writeFileSync(join(runFolder, "owner.json.7.partial"), "{");
    assert.equal(checkOwner(config("/a")), undefined);
  });

  it("fails to take a state folder of another name, and leaves it as it is", () => {
    const state = join(runFolder, "state");
    takeState(nodeConfig({ name: "one", stateFolder: state }));
    takeState(nodeConfig({ name: "one", stateFolder: state }));
    const two = nodeConfig({ name: "two", stateFolder: state });
    assert.throws(() => takeState(two), UserError);
    assert.equal(stateIsOurs(two), false);
    assert.equal(stateIsOurs(nodeConfig({ name: "one", stateFolder: state })), true);
  });
});
