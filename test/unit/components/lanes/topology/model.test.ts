import assert from "node:assert/strict";
import { type LaneGroup, laneGroupSchema } from "../../../../../components/lanes/spec";
import { describeTopology, entryLines, topologyOf } from "../../../../../components/lanes/topology/model";
import { s1, s1Input, s2, s4, s4Input } from "../fixtures";

describe("topologyOf", () => {
  it("tells all that is drawn (S4)", () => {
    const own = (service: string, version: string) => ({ service, version, reason: "own" });
    const fallback = (service: string) => ({ service, version: "v1", reason: "fallback" });
    const lane = (name: string, weight: number, cells: readonly object[]) => {
      return { name, isBaseline: name === "v1", entry: [`${weight} % of new clients`], cells };
    };
    assert.deepEqual(topologyOf(s4), {
      group: "shop",
      mode: "permissive",
      baseline: "v1",
      gateway: { name: "istio-system/ingressgateway", facts: ["any host"] },
      entryServices: ["mocka"],
      services: ["mocka", "mockb", "mockc"].map((name) => ({ name, port: 8000 })),
      calls: [
        { from: "mocka", to: "mockb" },
        { from: "mockb", to: "mockc" },
      ],
      lanes: [
        lane("v1", 40, [own("mocka", "v1"), own("mockb", "v1"), own("mockc", "v1")]),
        lane("v2", 30, [own("mocka", "v2"), fallback("mockb"), own("mockc", "v2")]),
        lane("v3", 30, [own("mocka", "v3"), own("mockb", "v3"), fallback("mockc")]),
      ],
      propagation: "header version, taken from baggage, keeps the lane",
      runtimeFallback: ["mocka", "mockb", "mockc"],
    });
  });

  const match = {
    headers: { "x-a": { prefix: "b" }, "x-c": { regex: "d.*" } },
    cookies: { user: "tester" },
    query: { lane: "v2" },
    hosts: ["a.com", "b.com"],
    path: { prefix: "/x" },
  };
  const matched = "x-a: b…, x-c: ~ d.*, cookie user=tester, ?lane=v2, host a.com or b.com, path /x…";
  const lanes = [{ name: "v1" }, { name: "v2", match }, { name: "v3", weight: 100, match: { query: { a: "1" } } }];
  const entries: readonly { title: string; group: LaneGroup; expected: readonly (readonly string[])[] }[] = [
    {
      title: "a header of the entry",
      group: s2,
      expected: [["x-asm-prefer-tag: s1"], ["x-asm-prefer-tag: s2"], ["x-asm-prefer-tag: s3"]],
    },
    {
      title: "what is left",
      group: s1,
      expected: [["version: baseline", "all other requests"], ["version: v1"], ["version: v2"]],
    },
    {
      title: "conditions, weights and a lane that nothing enters",
      group: laneGroupSchema.parse({ ...s4Input, lanes }),
      expected: [["by fallback only"], [matched], ["?a=1", "100 % of new clients"]],
    },
    {
      title: "weights that are not sticky",
      group: laneGroupSchema.parse({ ...s4Input, entry: { ...s4Input.entry, sticky: false } }),
      expected: [["40 % of the rest"], ["30 % of the rest"], ["30 % of the rest"]],
    },
  ];
  for (const { title, group, expected } of entries) {
    it(`says how lanes are entered: ${title}`, () =>
      assert.deepEqual(topologyOf(group).lanes.map(entryLines), expected));
  }

  it("tells hosts, path and what becomes of other requests", () => {
    assert.deepEqual(topologyOf(s2).gateway.facts, ["any host", "path /mock", "others: 404"]);
    const hosts = ["a.com", "*.b.com"];
    const group = laneGroupSchema.parse({ ...s1Input, entry: { ...s1Input.entry, hosts } });
    assert.deepEqual(topologyOf(group).gateway.facts, ["a.com, *.b.com"]);
  });

  it("tells how a lane is kept", () => {
    assert.equal(topologyOf(s2).propagation, "the caller's label ASM_TRAFFIC_TAG keeps the lane");
    const own = laneGroupSchema.parse({ ...s1Input, traceHeader: "version" });
    assert.equal(topologyOf(own).propagation, "header version keeps the lane");
  });
});

describe("describeTopology", () => {
  it("says each lane's route", () => {
    assert.equal(
      describeTopology(topologyOf(s4)),
      [
        "Requests enter at gateway istio-system/ingressgateway and go to mocka.",
        "Lane v1, the baseline (40 % of new clients): mocka v1, mockb v1, mockc v1.",
        "Lane v2 (30 % of new clients): mocka v2, mockb v1 (falls back to v1), mockc v2.",
        "Lane v3 (30 % of new clients): mocka v3, mockb v3, mockc v1 (falls back to v1).",
      ].join(" "),
    );
  });
});
