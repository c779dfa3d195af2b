import assert from "node:assert/strict";
import { differences } from "../../../../../components/lanes/health/difference";

describe("differences", () => {
  const cases: [string, unknown, unknown, string[]][] = [
    ["the same", { a: [{ b: 1 }] }, { a: [{ b: 1 }] }, []],
    ["another order of keys", { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ["empty fields on either side", { a: 1, b: {} }, { a: 1, c: [], d: "", e: false, f: { g: [] } }, []],
    ["another value", { a: { b: "x" } }, { a: { b: "y" } }, ['a.b is "y", planned "x"']],
    ["a missing field", { a: { b: "x" } }, { a: {} }, ['a.b is missing, planned "x"']],
    ["an added field", { a: 1 }, { a: 1, fault: { abort: 500 } }, ['fault is {"abort":500}, which is not planned']],
    ["a shorter list", { a: ["x", "y"] }, { a: ["x"] }, ['a[1] is missing, planned "y"']],
    ["a longer list", { a: ["x"] }, { a: ["x", "y"] }, ['a[1] is "y", which is not planned']],
    ["another order of a list", ["x", "y"], ["y", "x"], ['[0] is "y", planned "x"', '[1] is "x", planned "y"']],
    ["another kind of value", { a: "1" }, { a: 1 }, ['a is 1, planned "1"']],
  ];
  for (const [title, planned, live, expected] of cases) {
    it(title, () => assert.deepEqual(differences(planned, live), expected));
  }

  it("cuts long values short", () => {
    const [text = ""] = differences({ a: "x".repeat(500) }, {});
    assert.ok(text.length < 120, text);
  });
});
