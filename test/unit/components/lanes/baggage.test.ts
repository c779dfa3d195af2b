import assert from "node:assert/strict";
import { baggageLimits, baggageMember, laneBaggage, longestLaneName } from "../../../../components/lanes/baggage";
import { baggageCases } from "./baggage-cases";

describe("baggage", () => {
  for (const { title, lines, lane, client } of baggageCases) {
    it(`reads the lane's member, and puts another in its place: ${title}`, () => {
      assert.equal(baggageMember(lines, "version"), lane);
      assert.equal(laneBaggage(lines, "version", "v9"), ["version=v9", ...client].join(","));
    });
  }

  it("never passes the limits of a propagator, whatever the client sent and however long the lane's name is", () => {
    const lane = "x".repeat(longestLaneName);
    const members = (count: number, size: number) =>
      Array.from({ length: count }, (_, index) => `k${index}=`.padEnd(size, "v"));
    for (const sent of [members(63, 20), members(64, 20), members(180, 20), members(64, 140), members(1, 60_000)]) {
      const line = laneBaggage([sent.join(",")], "version", lane);
      const [first, ...others] = line.split(",");
      assert.equal(first, `version=${lane}`);
      assert.ok(line.length <= baggageLimits.bytes && others.length < baggageLimits.members, `${line.length} bytes`);
      // As much as there is room for, from the front.
      assert.deepEqual(others, sent.slice(0, others.length));
      const next = sent[others.length];
      const full = others.length === baggageLimits.members - 1 || `${line},${next}`.length > baggageLimits.bytes;
      assert.ok(next === undefined || full, `${others.length} of ${sent.length} members kept`);
    }
  });
});
