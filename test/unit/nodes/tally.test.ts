import assert from "node:assert/strict";
import { closingLine, sumOf, tallyOf } from "../../nodes/tally";

describe("the tally of test runs", () => {
  it("is read from the closing line", () => {
    assert.deepEqual(tallyOf("x\n1 passed, 0 failed\n", 0), { passed: 1, failed: 0, skipped: 0 });
    assert.deepEqual(tallyOf("3 passed, 2 failed, 1 skipped", 2), { passed: 3, failed: 2, skipped: 1 });
  });

  for (const [title, output, exitCode] of [
    ["fails without a closing line", "", 0],
    ["fails for a crash after the count", "5 passed, 0 failed\nTypeError", 1],
    ["fails for an exit code that contradicts the count", "5 passed, 0 failed", 1],
    ["fails for a count that contradicts the exit code", "5 passed, 1 failed", 0],
  ] as const) {
    it(title, () => assert.ok(tallyOf(output, exitCode).failed > 0));
  }

  it("is summed up in one line", () => {
    const line = closingLine(sumOf([tallyOf("1 passed, 0 failed", 0), tallyOf("2 passed, 1 failed, 3 skipped", 1)]));
    assert.equal(line, "3 passed, 1 failed, 3 skipped");
  });
});
