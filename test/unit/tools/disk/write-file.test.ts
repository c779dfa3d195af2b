import assert from "node:assert/strict";
import fs, {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { writeFile, writeFiles } from "../../../../tools/disk/write-file";
import { UserError } from "../../../../tools/user-error";
import { scratchFolder } from "../toolchain/scratch-folder";

describe("writeFile", () => {
  const folder = scratchFolder();
  const at = (name: string) => join(folder(), name);

  it("writes a new file, and nothing beside it", () => {
    writeFile(at("a.yaml"), "new");
    assert.equal(readFileSync(at("a.yaml"), "utf8"), "new");
    assert.deepEqual(readdirSync(folder()), ["a.yaml"]);
  });

  it("keeps the rights of the file that it replaces, and its owner", () => {
    writeFileSync(at("a.yaml"), "old");
    chmodSync(at("a.yaml"), 0o640);
    if (process.getuid?.() === 0) fs.chownSync(at("a.yaml"), 1234, 1234);
    const { uid } = statSync(at("a.yaml"));
    writeFile(at("a.yaml"), "new");
    assert.equal(readFileSync(at("a.yaml"), "utf8"), "new");
    assert.deepEqual([statSync(at("a.yaml")).mode & 0o777, statSync(at("a.yaml")).uid], [0o640, uid]);
  });

  it("gives secrets the rights that are asked for", () => {
    writeFile(at("kubeconfig"), "secret", { mode: 0o600 });
    assert.equal(statSync(at("kubeconfig")).mode & 0o777, 0o600);
  });

  it("writes behind a link, which stays one", () => {
    writeFileSync(at("real"), "old");
    symlinkSync("real", at("link"));
    writeFile(at("link"), "new");
    assert.ok(lstatSync(at("link")).isSymbolicLink());
    assert.equal(readFileSync(at("real"), "utf8"), "new");
  });

  it("replaces nothing where the file has to be new", () => {
    writeFileSync(at("a.yaml"), "theirs");
    assert.throws(() => writeFile(at("a.yaml"), "ours", { isNew: true }), /EEXIST/);
    assert.equal(readFileSync(at("a.yaml"), "utf8"), "theirs");
    writeFile(at("b.yaml"), "ours", { isNew: true });
    assert.deepEqual(readdirSync(folder()), ["a.yaml", "b.yaml"]);
  });

  it("tells of a full disk with the path, and leaves no stack trace to read", () => {
    assert.throws(
      () => writeFile("/dev/full", "text"),
      (error) =>
        error instanceof UserError &&
        /^the disk is full\n {2}\/dev\/full: ENOSPC: no space left on device\n {4}expected: .*\n {4}fix: Free some space/.test(
          error.message,
        ),
    );
  });

  it("leaves the old files, all of them, where the disk gets full", () => {
    writeFileSync(at("a.yaml"), "old");
    const write = fs.fsyncSync;
    let left = 1;
    // The second file is the one that does not fit.
    fs.fsyncSync = (handle) => {
      if (left-- > 0) return write(handle);
      throw Object.assign(new Error("ENOSPC: no space left on device, fsync"), { code: "ENOSPC" });
    };
    try {
      const files = ["a.yaml", "b.yaml"].map((name) => ({ path: at(name), content: "new" }));
      assert.throws(() => writeFiles(files), UserError);
    } finally {
      fs.fsyncSync = write;
    }
    assert.equal(readFileSync(at("a.yaml"), "utf8"), "old");
    assert.deepEqual(readdirSync(folder()), ["a.yaml"]);
    assert.ok(!existsSync(at("b.yaml")));
  });
});
