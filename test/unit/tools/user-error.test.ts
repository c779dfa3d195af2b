import assert from "node:assert/strict";
import { UserError } from "../../../tools/user-error";

describe("UserError", () => {
  it("lists every problem with path, value, what is allowed and how to mend it", () => {
    const error = new UserError("the config is wrong", [
      { path: "a.b", got: "got 1", allowed: "2", mend: "Write 2." },
      { path: "c", got: "missing", allowed: "a name", mend: "Name it." },
    ]);
    assert.equal(
      error.message,
      "the config is wrong\n  a.b: got 1\n    allowed: 2\n    mend: Write 2.\n  c: missing\n    allowed: a name\n    mend: Name it.",
    );
  });
});
