import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LastUpdate } from "../../../../../cli/pulumi/unsaved/last-update";

describe("LastUpdate", () => {
  let folder: string;
  let last: LastUpdate;
  const save = (state: string) => writeFileSync(join(folder, ".pulumi", "stacks", "shop", "dev.json"), state);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "last-update-"));
    mkdirSync(join(folder, ".pulumi", "stacks", "shop"), { recursive: true });
    last = new LastUpdate(folder, "shop", "dev");
    save("one");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("knows nothing of a stack that was never updated", () => {
    assert.equal(last.differsInLanesOnly("a"), false);
    assert.equal(last.unsavedSince(), undefined);
  });

  it("tells that all but lanes is as it was", () => {
    last.ended("a");
    assert.equal(last.differsInLanesOnly("a"), true);
    assert.equal(last.differsInLanesOnly("b"), false);
  });

  it("does not trust a state that somebody else has written since, or that is gone", () => {
    last.ended("a");
    save("two");
    assert.equal(last.differsInLanesOnly("a"), false);
    rmSync(join(folder, ".pulumi"), { recursive: true });
    assert.equal(last.differsInLanesOnly("a"), false);
  });

  it("keeps the time of the first update that was killed until one has ended well", () => {
    last.begins(new Date(1000));
    last.begins(new Date(2000));
    assert.equal(new LastUpdate(folder, "shop", "dev").unsavedSince()?.getTime(), 1000);
    last.ended("a");
    assert.equal(last.unsavedSince(), undefined);
  });

  it("forgets a stack that was destroyed", () => {
    last.ended("a");
    last.begins(new Date(1000));
    last.forget();
    assert.equal(last.differsInLanesOnly("a"), false);
    assert.equal(last.unsavedSince(), undefined);
  });

  it("keeps stacks apart", () => {
    last.begins(new Date(1000));
    assert.equal(new LastUpdate(folder, "shop", "staging").unsavedSince(), undefined);
  });
});
