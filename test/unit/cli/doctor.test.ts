import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { doctorReport, isWell } from "../../../cli/doctor";
import type { ToolState } from "../../../tools/toolchain/inspect";

const ready: ToolState = {
  tool: "etcd",
  version: "3.6.5",
  wanted: "3.6.5",
  source: "cache",
  state: "ready",
  fix: undefined,
};
const coming: ToolState = { ...ready, version: undefined, state: "will be got", fix: "npm start" };
const missing: ToolState = {
  ...ready,
  tool: "kind",
  version: undefined,
  wanted: ">=0.24.0",
  state: "missing",
  fix: "install it",
};
const optional: ToolState = { ...ready, tool: "go", state: "optional", fix: "install Go" };

describe("doctorReport", () => {
  const cases: [string, ToolState[], boolean, string][] = [
    ["all is there", [ready], true, "Everything is there.\n"],
    [
      "one command for several tools",
      [coming, { ...coming, tool: "coredns" }],
      true,
      "Nothing has to be done by hand:\n  etcd, coredns: npm start\n",
    ],
    ["fails when the user has to act", [ready, missing], false, "To fix:\n  kind: install it\n"],
    ["does not fail for what only a build needs", [optional], true, "  go (only without internet): install Go\n"],
  ];
  for (const [title, states, well, end] of cases) {
    it(title, () => {
      assert.equal(isWell(states), well);
      const report = stripVTControlCharacters(doctorReport(states));
      assert.ok(report.endsWith(end), report);
      for (const state of states) assert.ok(report.includes(`│ ${state.tool} `));
    });
  }

  it("shows what is wanted where nothing is", () => {
    assert.match(stripVTControlCharacters(doctorReport([missing])), /kind +│ \(>=0\.24\.0\) +│/);
  });
});
