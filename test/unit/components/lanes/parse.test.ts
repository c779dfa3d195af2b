import assert from "node:assert/strict";
import { parseLaneGroup } from "../../../../components/lanes/parse";
import { UserError } from "../../../../tools/user-error";
import { s4, s4Input } from "./fixtures";

describe("parseLaneGroup", () => {
  it("completes a group that is valid", () => assert.deepEqual(parseLaneGroup(s4Input), s4));

  const problemsOf = (input: unknown, path?: string) => {
    try {
      parseLaneGroup(input, path);
    } catch (error) {
      assert.ok(error instanceof UserError);
      return [error.summary, ...error.problems.map((problem) => `${problem.path}: ${problem.got}`)];
    }
    return [];
  };

  it("fails with every problem of the shape", () => {
    assert.deepEqual(problemsOf({ ...s4Input, mode: "strickt", colour: "red" }), [
      "The lane group has 2 problems.",
      'laneGroup.mode: got "strickt"',
      'laneGroup.colour: unknown key "colour"',
    ]);
  });

  it("fails with every problem of the meaning, under the path that was named", () => {
    const lanes = s4Input.lanes.map((lane) => ({ ...lane, weight: 10 }));
    assert.deepEqual(problemsOf({ ...s4Input, lanes, baseline: "v9" }, "shop"), [
      "The lane group has 2 problems.",
      'shop.baseline: unknown lane "v9"',
      "shop.lanes: weights add up to 30: v1 10 + v2 10 + v3 10",
    ]);
  });
});
