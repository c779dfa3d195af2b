import assert from "node:assert/strict";
import { baggageMember, withoutBaggageMember } from "../../../../components/lanes/baggage";
import { baggageCases } from "./baggage-cases";

describe("baggage", () => {
  for (const { title, lines, lane, cleaned } of baggageCases) {
    it(`reads and removes the lane's member: ${title}`, () => {
      assert.equal(baggageMember(lines, "version"), lane);
      assert.deepEqual(withoutBaggageMember(lines, "version"), cleaned);
    });
  }
});
