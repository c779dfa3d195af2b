import assert from "node:assert/strict";
import { planLaneGroup } from "../../../../components/lanes/plan";
import { formatLaneTable, laneTable } from "../../../../components/lanes/table";
import { s1, s2, s4 } from "./fixtures";

const text = (group: typeof s1) => formatLaneTable(laneTable(planLaneGroup(group)));

describe("formatLaneTable", () => {
  it("shows strict lanes (S2)", () => {
    assert.equal(
      text(s2),
      [
        "test",
        "  LANE  mocka  mockb  mockc",
        "  s1    v1     v1     v1",
        "  s2    v2     v2     v2",
        "  s3    v3     v3     v3",
      ].join("\n"),
    );
  });

  it("shows fallbacks and what they are (S4)", () => {
    assert.equal(
      text(s4),
      [
        "shop (baseline v1)",
        "  LANE  mocka  mockb     mockc",
        "  v1    v1     v1        v1",
        "  v2    v2     v1 <- v1  v2",
        "  v3    v3     v3        v1 <- v1",
        "",
        "  <- falls back to the lane named",
      ].join("\n"),
    );
  });

  it("shows a hole of a strict lane", () => {
    const [first, ...rest] = s2.services;
    assert.ok(first);
    const group = { ...s2, services: [{ ...first, versions: ["v1"] }, ...rest], lanes: s2.lanes.slice(0, 2) };
    assert.match(text(group), /^ {2}s2 {4}MISSING {2}v2 {5}v2\n\n {2}MISSING: /m);
  });
});

describe("laneTable", () => {
  it("gives the same as plain data", () => {
    assert.deepEqual(laneTable(planLaneGroup(s1)), {
      group: "ws",
      baseline: "baseline",
      services: ["wsk-svc", "helloworld"],
      lanes: [
        {
          lane: "baseline",
          cells: [
            { service: "wsk-svc", version: "v1", reason: "own" },
            { service: "helloworld", version: "v1", reason: "own" },
          ],
        },
        {
          lane: "v1",
          cells: [
            { service: "wsk-svc", version: "v1", reason: "fallback" },
            { service: "helloworld", version: "v1", reason: "own" },
          ],
        },
        {
          lane: "v2",
          cells: [
            { service: "wsk-svc", version: "v1", reason: "fallback" },
            { service: "helloworld", version: "v2", reason: "own" },
          ],
        },
      ],
    });
  });
});
