import assert from "node:assert/strict";
import { UserError } from "../../../tools/user-error";

describe("UserError", () => {
  it("lists every problem with path, value, what is allowed and how to fix it", () => {
    const error = new UserError("the config is wrong", [
      { path: "a.b", got: "got 1", expected: "2", fix: "Write 2." },
      { path: "c", got: "missing", expected: "a name", fix: "Name it." },
    ]);
    assert.equal(
      error.message,
      "the config is wrong\n  a.b: got 1\n    expected: 2\n    fix: Write 2.\n  c: missing\n    expected: a name\n    fix: Name it.",
    );
  });
});
