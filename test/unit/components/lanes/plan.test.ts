import assert from "node:assert/strict";
import { planLaneGroup } from "../../../../components/lanes/plan";
import { type LaneGroup, laneGroupSchema } from "../../../../components/lanes/spec";
import { s2, s4Input } from "./fixtures";

const cells = (group: LaneGroup) =>
  planLaneGroup(group).rows.map(({ lane, service, version, reason }) => `${lane} ${service} ${version} ${reason}`);

describe("planLaneGroup", () => {
  it("lets a permissive lane fall back to the baseline, per service", () => {
    const lanes = [
      { name: "v1" },
      { name: "blue", services: ["mockb", "mockc"], version: "v2", versions: { mockb: "v3" } },
    ];
    assert.deepEqual(cells(laneGroupSchema.parse({ ...s4Input, lanes })), [
      ...["mocka", "mockb", "mockc"].map((service) => `v1 ${service} v1 own`),
      ...["blue mocka v1 fallback", "blue mockb v3 own", "blue mockc v2 own"],
    ]);
  });

  it("never lets a strict lane borrow, not even from a baseline", () => {
    const services = s2.services.map((service) => ({
      ...service,
      versions: service.name === "mockb" ? ["v1"] : service.versions,
    }));
    assert.deepEqual(cells({ ...s2, services, baseline: "s1", lanes: s2.lanes.slice(0, 2) }), [
      ...["mocka", "mockb", "mockc"].map((service) => `s1 ${service} v1 own`),
      ...["s2 mocka v2 own", "s2 mockb undefined missing", "s2 mockc v2 own"],
    ]);
  });

  it("does not take an inherited property for a version", () => {
    const services = [{ name: "constructor", port: 80, versions: ["v1"] }];
    const entry = { ...s4Input.entry, service: "constructor" };
    assert.deepEqual(cells(laneGroupSchema.parse({ ...s4Input, services, entry, lanes: [{ name: "v1" }] })), [
      "v1 constructor v1 own",
    ]);
  });
});
