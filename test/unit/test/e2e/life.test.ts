import assert from "node:assert/strict";
import { lanesMet, lifeOf, takenBack } from "../../../e2e/promotion/life";

describe("the life of a lane, as the promotion test goes through it", () => {
  const there = lifeOf({ comes: "v2", goes: "v1", lasts: "v3" });
  const back = lifeOf({ comes: "v1", goes: "v2", lasts: "v3" });

  it("leads back to where it began, each step from where the last one ended", () => {
    const all = [...there, ...back];
    all.forEach(({ before }, index) => {
      const last = all.at(index - 1)?.after;
      assert.deepEqual(before, last);
    });
    assert.equal(new Set(all.map(({ title }) => title)).size, all.length);
  });

  it("says which lanes each request may meet", () => {
    const met = (named?: string) => there.map((step) => `${step.title}: ${lanesMet(step, named).join(" or ")}`);
    assert.deepEqual(met(), [
      "add v2: v1",
      "shift v2=0: v1",
      "shift v2=1: v1 or v2",
      "shift v2=10: v1 or v2",
      "shift v2=50: v1 or v2",
      "shift v2=100: v1 or v2",
      "promote v2: v2",
      "roll back to v1: v1 or v2",
      "promote v2 again: v1 or v2",
      "drain v1: v2",
      "retire v1: v2",
    ]);
    const others = (named: string, lane: string) => met(named).filter((text) => !text.endsWith(`: ${lane}`));
    assert.deepEqual(others("v1", "v1"), ["drain v1: v1 or v2", "retire v1: v2"]);
    assert.deepEqual(others("v2", "v2"), ["add v2: v1 or v2"]);
    assert.deepEqual(others("v3", "v3"), []);
  });

  it("has one beside it of a lane that is taken back, whoever comes", () => {
    const expected = [
      ["add", "v2", "--from", "v1"],
      ...[0, 1, 10, 50, 100].map((weight) => ["shift", `v2=${weight}`]),
      ["promote", "v2"],
      ["rollback", "--to", "v1"],
      undefined,
      ["drain", "v2"],
      ["retire", "v2", "--wait", "60"],
    ];
    for (const steps of [there, back]) {
      assert.deepEqual(
        steps.map((step) => takenBack(step, "v2", "v1")),
        expected,
      );
    }
  });
});
