import assert from "node:assert/strict";
import { Latencies } from "../../../e2e/latencies";

describe("latencies of a load", () => {
  const upTo = (count: number, from = 1) => {
    const latencies = new Latencies();
    for (let ms = from; ms <= count; ms += 1) latencies.add(ms);
    return latencies;
  };
  const near = (got: number, expected: number) =>
    assert.ok(got >= expected && got <= expected * 1.06, `got ${got}, expected ${expected} or 6 % more`);

  it("tell the slowest exactly, and quantiles to 5 %", () => {
    const latencies = upTo(1000);
    assert.equal(latencies.slowestMs, 1000);
    near(latencies.quantile(0.5), 500);
    near(latencies.quantile(0.99), 990);
    assert.equal(latencies.quantile(1), 1000);
  });

  it("of several loads are those of all their answers", () => {
    const sum = Latencies.sum([upTo(500), upTo(1000, 501)]);
    assert.deepEqual([sum.count, sum.slowestMs, sum.quantile(0.99)], [1000, 1000, upTo(1000).quantile(0.99)]);
  });

  it("of nothing are 0, and of less than a millisecond not longer than they took", () => {
    assert.equal(new Latencies().quantile(0.99), 0);
    const quick = new Latencies();
    quick.add(0.2);
    assert.equal(quick.quantile(0.99), 0.2);
  });
});
