import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeConfig } from "../../../../tools/embedded/config";
import { cniResults } from "../../../../tools/embedded/leftovers";

describe("cniResults", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "leftovers-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are those of the node's own pods, with their loopback, and nobody else's", () => {
    const [ours, theirs] = ["a".repeat(64), "b".repeat(64)];
    const own = [`cni-loopback-${ours}-lo`, `lanes-${ours}-eth0`];
    const others = [`cni-loopback-${theirs}-lo`, `lanes-two-${theirs}-eth0`, `bridge-${theirs}-eth0`];
    for (const name of [...own, ...others]) writeFileSync(join(folder, name), "");
    assert.deepEqual(
      cniResults(nodeConfig({ name: "lanes" }), folder)
        .map((path) => path.slice(folder.length + 1))
        .sort(),
      own,
    );
  });

  it("are none without the folder", () => {
    assert.deepEqual(cniResults(nodeConfig(), join(folder, "absent")), []);
  });
});
