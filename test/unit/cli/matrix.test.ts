import assert from "node:assert/strict";
import { matrix } from "../../../cli/matrix";
import { parseLaneGroup } from "../../../components/lanes/parse-input";
import { s2Input } from "../components/lanes/fixtures";

describe("lanes matrix", () => {
  it("shows the table of each group", () => {
    assert.match(
      matrix({ stack: "mine", json: false }, () => [parseLaneGroup(s2Input)]),
      new RegExp(`^${s2Input.name}\\n  LANE `),
    );
  });

  it("says so of a stack without lane groups, which is no mistake", () => {
    assert.equal(
      matrix({ stack: "mine", json: false }, () => []),
      "stack mine has no lane group to show",
    );
    assert.equal(
      matrix({ stack: "mine", json: true }, () => []),
      "[]",
    );
  });
});
