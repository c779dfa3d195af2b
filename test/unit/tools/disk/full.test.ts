import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesInWords, roomAt, roomInWords } from "../../../../tools/disk/free";
import { diskFull, fullDiskIn, unlessFull } from "../../../../tools/disk/full";
import { UserError } from "../../../../tools/user-error";

const noSpace = () => Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });

describe("a full disk", () => {
  it("is told by the system, by Go and as a quota, and by nothing else", () => {
    assert.match(fullDiskIn("write /x/dev.json.18ec.tmp: no space left on device") ?? "", /^ENOSPC/);
    assert.match(fullDiskIn("EDQUOT: disk quota exceeded, write") ?? "", /^EDQUOT/);
    assert.equal(fullDiskIn("EACCES: permission denied, open '/x'"), undefined);
  });

  it("is found behind other errors, and names what was written", () => {
    const error = new Error("the download failed", { cause: Object.assign(noSpace(), { path: "/dev/full" }) });
    assert.equal(diskFull(error)?.problems[0]?.path, "/dev/full");
    assert.equal(diskFull(error, "/dev/null")?.problems[0]?.path, "/dev/null");
    assert.equal(diskFull(noSpace())?.problems[0]?.path, tmpdir());
    assert.equal(diskFull(new Error("EACCES")), undefined);
    assert.equal(diskFull("ENOSPC"), undefined);
    assert.equal(diskFull(new UserError("ENOSPC")), undefined);
  });

  it("makes no work fail for the sake of its log", () => {
    const failing = (error: Error) => () => {
      throw error;
    };
    assert.equal(unlessFull(failing(noSpace())), false);
    assert.equal(
      unlessFull(() => {}),
      true,
    );
    assert.throws(() => unlessFull(failing(new Error("EBADF"))), /EBADF/);
  });
});

describe("the room on a disk", () => {
  it("is that of the disk on which a file is or would be", () => {
    const room = roomAt(join(tmpdir(), "not-there", "nor-this"));
    assert.ok(room && room.bytes > 0);
    assert.equal(roomAt("/proc/self/status"), undefined);
  });

  it("is told in words", () => {
    assert.equal(roomInWords({ bytes: 0, files: 5 }), "0 bytes free");
    assert.equal(roomInWords({ bytes: 1_500_000, files: undefined }), "1.5 MB free");
    assert.match(roomInWords({ bytes: 1_500_000, files: 0 }), /no inodes left/);
    assert.deepEqual([999, 1000, 999_999, 2e9].map(bytesInWords), ["999 bytes", "1.0 kB", "1000.0 kB", "2.0 GB"]);
  });
});
