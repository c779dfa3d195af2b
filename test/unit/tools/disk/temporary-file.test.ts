import assert from "node:assert/strict";
import fs, { existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { withTemporaryFile } from "../../../../tools/disk/temporary-file";
import { UserError } from "../../../../tools/user-error";

describe("withTemporaryFile", () => {
  it("gives the work a file that only its owner reads, and removes it", async () => {
    const seen = await withTemporaryFile("kubeconfig", "secret", async (file) => {
      assert.deepEqual([readFileSync(file, "utf8"), statSync(file).mode & 0o777], ["secret", 0o600]);
      return file;
    });
    assert.equal(existsSync(dirname(seen)), false);
  });

  it("tells where temporary files are when they do not fit", async () => {
    const { writeFileSync } = fs;
    fs.writeFileSync = (_file, text) => writeFileSync("/dev/full", text);
    try {
      await assert.rejects(
        withTemporaryFile("kubeconfig", "secret", async () => assert.fail("nothing to work with")),
        (error) => error instanceof UserError && /^the disk is full[\s\S]*ENOSPC/.test(error.message),
      );
    } finally {
      fs.writeFileSync = writeFileSync;
    }
  });
});
