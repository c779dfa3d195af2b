import assert from "node:assert/strict";
import { Takeover } from "../../../bench/peers/takeover";

describe("how far a new version has come", () => {
  /** One answer every 100 ms. @returns the time of the last. */
  function answered(takeover: Takeover, versions: readonly string[], from = 0): number {
    for (const [index, version] of versions.entries()) takeover.add(version, from + index * 100);
    return from + (versions.length - 1) * 100;
  }
  const many = (version: string, count: number) => Array.from({ length: count }, () => version);

  it("is the share of the answers of the last two seconds", () => {
    const takeover = new Takeover("v2");
    assert.equal(takeover.share(0), 0);
    const now = answered(takeover, [...many("v1", 30), ...many("v1", 10), ...many("v2", 10)]);
    assert.equal(takeover.share(now).toFixed(2), (10 / 21).toFixed(2));
    assert.equal(takeover.share(now + 5000), 0);
  });

  it("is all of it once the old one has not answered for three seconds, counted from its last answer", () => {
    const takeover = new Takeover("v2");
    const last = answered(takeover, many("v1", 10));
    assert.equal(takeover.endedAt(last), undefined);
    answered(takeover, many("v2", 29), last + 100);
    assert.equal(takeover.endedAt(last + 2900), undefined);
    takeover.add("v2", last + 3000);
    assert.equal(takeover.endedAt(last + 3000), last);
  });

  it("is not all of it while nobody answers, or when the old one comes back", () => {
    const takeover = new Takeover("v2");
    const last = answered(takeover, many("v1", 10));
    assert.equal(takeover.endedAt(last + 10_000), undefined);
    const later = answered(takeover, many("v2", 40), last + 10_000);
    assert.equal(takeover.endedAt(later), last);
    takeover.add("v1", later + 100);
    assert.equal(takeover.endedAt(later + 100), undefined);
  });
});
