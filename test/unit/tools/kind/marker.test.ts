import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markedKind, markKind, unmarkKind } from "../../../../tools/kind/marker";

describe("the marker of a kind cluster", () => {
  it("holds the name while the cluster is there", () => {
    const folder = mkdtempSync(join(tmpdir(), "marker-"));
    const file = join(folder, "new", "kind-cluster");
    try {
      assert.equal(markedKind(file), undefined);
      markKind("lanes", file);
      assert.equal(markedKind(file), "lanes");
      unmarkKind(file);
      unmarkKind(file);
      assert.equal(markedKind(file), undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
