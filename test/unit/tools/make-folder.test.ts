import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "../../../tools/make-folder";

describe("a folder that is made with those above it", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-folder-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is there afterwards, and may have been there before", () => {
    makeFolder(join(folder, "a", "b", "c"));
    makeFolder(join(folder, "a", "b", "c"));
    assert.ok(statSync(join(folder, "a", "b", "c")).isDirectory());
  });

  it("is none where a file is in the way", () => {
    writeFileSync(join(folder, "file"), "");
    const inTheWay = { code: "ENOTDIR", message: `ENOTDIR: ${join(folder, "file")} is no folder` };
    assert.throws(() => makeFolder(join(folder, "file")), inTheWay);
    assert.throws(() => makeFolder(join(folder, "file", "a", "b")), inTheWay);
  });

  it("ends where a file system takes no folders", function () {
    if (!existsSync("/proc/self")) this.skip();
    assert.throws(() => makeFolder("/proc/mesh-lanes/a"), { code: "ENOENT" });
  });
});
