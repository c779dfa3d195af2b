import assert from "node:assert/strict";
import { valuePair } from "../../../tools/value-pair";

describe("a value before and after", () => {
  it("stays as it is where it is short, and where it is not there", () => {
    assert.deepEqual(valuePair("true", null, 10), ["true", null]);
    assert.deepEqual(valuePair("a".repeat(20), null, 10), [`${"a".repeat(9)}…`, null]);
  });

  it("is cut so that the difference shows", () => {
    const [before, after] = valuePair(`${"a".repeat(500)}b${"c".repeat(500)}`, `${"a".repeat(500)}d`, 40);
    assert.deepEqual([before, after], [`…${"a".repeat(20)}b${"c".repeat(17)}…`, `…${"a".repeat(20)}d`]);
  });
});
