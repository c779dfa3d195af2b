import assert from "node:assert/strict";
import { mountsBelow, parseMountInfo } from "../../../../tools/embedded/mounts";

const text = [
  "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
  "30 22 0:27 / /sys/fs/cgroup/cpu rw,relatime shared:5 master:2 - cgroup cgroup rw,cpu",
  "41 22 0:40 / /srv/my\\040lanes/node/kubelet/pods/1/volumes/token rw - tmpfs tmpfs rw",
  "42 22 0:4 net:[4026532214] /run/lanes/netns/cni-1 rw - nsfs nsfs rw",
  "43 22 0:41 / /run/lanes-other/x rw - tmpfs tmpfs rw",
  "44 22 0:42 / /run/lanes rw - tmpfs tmpfs rw",
  "",
].join("\n");

describe("parseMountInfo", () => {
  it("reads the mount point, with its escapes, and the type behind any number of optional fields", () => {
    assert.deepEqual(parseMountInfo(text), [
      { mountPoint: "/", type: "ext4" },
      { mountPoint: "/sys/fs/cgroup/cpu", type: "cgroup" },
      { mountPoint: "/srv/my lanes/node/kubelet/pods/1/volumes/token", type: "tmpfs" },
      { mountPoint: "/run/lanes/netns/cni-1", type: "nsfs" },
      { mountPoint: "/run/lanes-other/x", type: "tmpfs" },
      { mountPoint: "/run/lanes", type: "tmpfs" },
    ]);
  });
});

describe("mountsBelow", () => {
  it("lists the deepest first and leaves out folders whose name only begins the same", () => {
    assert.deepEqual(mountsBelow(parseMountInfo(text), ["/run/lanes", "/srv/my lanes/node"]), [
      "/srv/my lanes/node/kubelet/pods/1/volumes/token",
      "/run/lanes/netns/cni-1",
      "/run/lanes",
    ]);
  });

  it("lists the upper of two mounts on one path first", () => {
    const mounts = parseMountInfo(
      ["1 0 0:1 / /a/b rw - tmpfs one rw", "2 1 0:2 / /a/b rw - overlay two rw"].join("\n"),
    );
    assert.deepEqual(mountsBelow(mounts, ["/a"]), ["/a/b", "/a/b"]);
  });
});
