import assert from "node:assert/strict";
import { changeSteps } from "../../../../components/lanes/change-steps";
import { s2 } from "./fixtures";

describe("changeSteps", () => {
  const come = [["subsets", "filters"], ["service-routes"], ["entry-routes"]];
  const go = [["subsets", "filters"], ["entry-routes"], ["service-routes"]];
  const cases: [string, readonly string[] | undefined, readonly (readonly string[])[]][] = [
    ["enters lanes last where nothing is known of before", undefined, come],
    ["enters lanes last in a new group", [], come],
    ["enters a lane that comes last", ["s1", "s2"], come],
    ["keeps that order where lanes stay", ["s3", "s2", "s1"], come],
    ["leaves a lane that goes first", ["s1", "s2", "s3", "s4"], go],
    ["enters last where one lane comes and another goes", ["s1", "s2", "s4"], come],
  ];
  for (const [title, before, expected] of cases) {
    it(title, () => assert.deepEqual(changeSteps(s2, before), expected));
  }
});
