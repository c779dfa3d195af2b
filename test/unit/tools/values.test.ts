import assert from "node:assert/strict";
import { asRecord, fileError, firstLine, isRecord, records, texts } from "../../../tools/values";

describe("values", () => {
  for (const value of [null, undefined, 1, "a", [], [{}]]) {
    it(`take ${JSON.stringify(value)} for no map`, () => {
      assert.equal(isRecord(value), false);
      assert.deepEqual(asRecord(value), {});
    });
  }
  it("take a map for one", () => {
    const map = { a: 1 };
    assert.ok(isRecord(map));
    assert.equal(asRecord(map), map);
  });
  it("pick what a list holds of a kind", () => {
    assert.deepEqual(records([{ a: 1 }, null, "b", [2]]), [{ a: 1 }]);
    assert.deepEqual(texts(["a", 1, null, "b"]), ["a", "b"]);
    assert.deepEqual([records("a"), texts({ a: 1 })], [[], []]);
  });
  it("tell the first line of whatever was thrown", () => {
    assert.equal(firstLine(new Error("one\ntwo")), "one");
    assert.equal(firstLine("text\nmore"), "text");
    assert.equal(firstLine(new Error("")), "");
    assert.equal(
      fileError(new Error("ENOENT: no such file or directory, open '/a/b'")),
      "ENOENT: no such file or directory",
    );
  });
});
