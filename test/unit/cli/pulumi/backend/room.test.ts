import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireRoom } from "../../../../../cli/pulumi/backend/room";
import { UserError } from "../../../../../tools/user-error";
import { scratchFolder } from "../../../tools/toolchain/scratch-folder";

describe("requireRoom", () => {
  const folder = scratchFolder();

  it("lets an update begin where there is room, and where a file system does not tell", () => {
    requireRoom("pulumi update", { backend: folder(), home: folder() });
    requireRoom("pulumi update", { backend: folder() }, () => undefined);
  });

  it("counts the state, its copies and those of the end", () => {
    const state = join(folder(), "dev.json");
    writeFileSync(state, "x".repeat(1_000_000));
    const room = (bytes: number) => () => ({ bytes, files: 10 });
    requireRoom("pulumi update", { backend: folder(), state }, room(6_000_000));
    assert.throws(
      () => requireRoom("pulumi update", { backend: folder(), state }, room(5_900_000)),
      (error) => error instanceof UserError && /5\.9 MB free\n {4}expected: 6\.0 MB/.test(error.message),
    );
  });

  it("names every folder that has too little, one without inodes too", () => {
    const at = (path: string) => (path === "/home" ? { bytes: 1e9, files: 0 } : { bytes: 0, files: 9 });
    assert.throws(
      () => requireRoom("pulumi update", { backend: "/state", home: "/home" }, at),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, /^pulumi update did not begin: the disk is full/);
        assert.deepEqual(
          error.problems.slice(0, 2).map(({ path }) => path),
          ["/state", "/home"],
        );
        assert.match(error.message, /TMPDIR/);
        return true;
      },
    );
  });
});
