import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

  it("knows what the last update noted, until another begins or somebody else writes the state", () => {
    const note = { values: { laneGroups: [] }, encrypted: [], secrets: [] };
    last.ended("a", note);
    assert.deepEqual(new LastUpdate(folder, "shop", "dev").noted(), note);
    save("two");
    assert.equal(last.noted(), undefined);
    last.ended("a", note);
    // One that saves as it goes, and one that saves at its end: neither has written anything yet.
    last.keep(new Date(1000));
    assert.equal(last.noted(), undefined);
    last.over();
    assert.deepEqual(last.noted(), note);
    last.begins(new Date(1000));
    assert.equal(last.noted(), undefined);
    last.ended("a");
    assert.equal(last.noted(), undefined, "an update that noted nothing");
    last.ended("a", note);
    last.forget();
    assert.equal(last.noted(), undefined);
  });

  it("forgets an update that never began, and keeps what it knew before", () => {
    const note = { values: {}, encrypted: [], secrets: [] };
    last.ended("a", note);
    last.keep(new Date(1000));
    last.begins(new Date(1000));
    last.neverBegan();
    assert.equal(last.unsavedSince(), undefined);
    assert.deepEqual(last.noted(), note);
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

  it("keeps the state of before an update, and when it began, until it is over", () => {
    last.keep(new Date(1000));
    const stateFile = join(folder, ".pulumi", "stacks", "shop", "dev.json");
    // As the engine does it: another file in its place.
    rmSync(stateFile);
    save("two");
    const { kept, begun, restoring } = new LastUpdate(folder, "shop", "dev").known();
    assert.equal(readFileSync(kept ?? "", "utf8"), "one");
    assert.equal(begun?.getTime(), 1000);
    restoring?.(new Date(2000));
    assert.equal(last.unsavedSince()?.getTime(), 1000);
    last.ended("a");
    assert.equal(last.known().begun, undefined);
    assert.equal(existsSync(kept ?? ""), false);
  });

  it("remembers since when objects may be unknown, also of an update that it did not see", () => {
    last.known().restoring?.(new Date(2000));
    assert.equal(last.unsavedSince()?.getTime(), 2000);
  });

  it("keeps stacks apart", () => {
    last.begins(new Date(1000));
    assert.equal(new LastUpdate(folder, "shop", "staging").unsavedSince(), undefined);
  });
});
