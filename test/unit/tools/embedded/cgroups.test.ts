import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cgroupFolders, cgroupTree, createCgroups } from "../../../../tools/embedded/cgroups";

describe("cgroups", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "cgroups-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("are one in each hierarchy, of version 1 and 2", () => {
    const mounts = [
      { mountPoint: "/", type: "ext4" },
      { mountPoint: "/sys/fs/cgroup", type: "tmpfs" },
      { mountPoint: "/sys/fs/cgroup/cpu", type: "cgroup" },
      { mountPoint: "/sys/fs/cgroup/unified", type: "cgroup2" },
    ];
    assert.deepEqual(cgroupFolders("lanes", mounts), ["/sys/fs/cgroup/cpu/lanes", "/sys/fs/cgroup/unified/lanes"]);
  });

  it("are listed deepest first, so that they can be removed in that order", () => {
    for (const path of ["a/b/c", "a/d"]) mkdirSync(join(root, path), { recursive: true });
    assert.deepEqual(
      cgroupTree(join(root, "a")).map((path) => path.slice(root.length + 1)),
      ["a/b/c", "a/b", "a/d", "a"],
    );
    assert.deepEqual(cgroupTree(join(root, "absent")), []);
  });

  it("pass the controllers of version 2 on", () => {
    writeFileSync(join(root, "cgroup.controllers"), "memory\n");
    createCgroups("lanes", [{ mountPoint: root, type: "cgroup2" }]);
    assert.equal(readFileSync(join(root, "cgroup.subtree_control"), "utf8"), "+memory");
    assert.ok(existsSync(join(root, "lanes")));
  });

  it("take the processors of their parent with version 1, whose new cpuset is empty", () => {
    mkdirSync(join(root, "lanes"));
    for (const [file, value] of [
      ["cpuset.cpus", "0-1\n"],
      ["cpuset.mems", "0\n"],
    ] as const) {
      writeFileSync(join(root, file), value);
      writeFileSync(join(root, "lanes", file), "\n");
    }
    createCgroups("lanes", [{ mountPoint: root, type: "cgroup" }]);
    assert.equal(readFileSync(join(root, "lanes", "cpuset.cpus"), "utf8"), "0-1\n");
    assert.equal(readFileSync(join(root, "lanes", "cpuset.mems"), "utf8"), "0\n");
  });

  it("weigh as much as eight processes, in either version", () => {
    mkdirSync(join(root, "lanes"));
    for (const file of ["cpu.shares", "cpu.weight"]) writeFileSync(join(root, "lanes", file), "1\n");
    createCgroups("lanes", [{ mountPoint: root, type: "cgroup" }]);
    assert.equal(readFileSync(join(root, "lanes", "cpu.shares"), "utf8"), "8192");
    assert.equal(readFileSync(join(root, "lanes", "cpu.weight"), "utf8"), "800");
  });
});
