import assert from "node:assert/strict";
import fc from "fast-check";
import { hashOf } from "../../../../../components/lanes/users/hash";
import { laneAt, placeCount, placesOf, rangesOf } from "../../../../../components/lanes/users/places";
import { s4 } from "../fixtures";

/** A group with these weights; the first lane is the baseline. */
function weighted(...weights: readonly (number | undefined)[]) {
  const [lane] = s4.lanes;
  assert.ok(lane);
  return { baseline: "v0", lanes: weights.map((weight, index) => ({ ...lane, name: `v${index}`, weight })) };
}

const kept = (before: readonly string[], after: readonly string[], lane: string) =>
  before.every((each, place) => each !== lane || after[place] === lane);

describe("the places of users", () => {
  it("are dealt by Envoy's hash", () => {
    // hash_test.cc of envoyproxy/envoy.
    assert.equal(hashOf(["foo"]), 3728699739546630719n);
    assert.equal(hashOf(["bar"]), 5234164152756840025n);
    assert.equal(hashOf(["foo\nbar"]), 8917841378505826757n);
    assert.equal(hashOf(["lyft"]), 4400747396090729504n);
    assert.equal(hashOf([""]), 17241709254077376921n);
    // There the vector is {"foo", "bar"}; the lines of a header are sorted first, so foo comes second.
    assert.equal(hashOf(["foo", "bar"]), 6648465492906218751n);
    assert.equal(hashOf(["bar", "foo"]), hashOf(["foo", "bar"]));
  });

  it("stand in ranges, the first lane's at the lower end, the second's at the upper, the baseline's between", () => {
    assert.deepEqual(rangesOf(placesOf(weighted(70, 20, 10))), [
      { lane: "v1", weight: 20 },
      { lane: "v0", weight: 70 },
      { lane: "v2", weight: 10 },
    ]);
    assert.deepEqual(rangesOf(placesOf(weighted(100))), [{ lane: "v0", weight: 100 }]);
    assert.deepEqual(rangesOf(placesOf({ ...weighted(40, 60), baseline: undefined })), [
      { lane: "v1", weight: 60 },
      { lane: "v0", weight: 40 },
    ]);
  });

  const shares = fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.array(fc.nat({ max: 60 }), { minLength: 7, maxLength: 7 }))
    .map(([count, raw]) => {
      let left: number = placeCount;
      const others = raw.slice(0, count).map((wanted) => {
        const weight = Math.min(wanted, left);
        left -= weight;
        return weight;
      });
      return [left, ...others];
    });

  it("are as many as the weights say", () => {
    fc.assert(
      fc.property(shares, (weights) => {
        const places = placesOf(weighted(...weights));
        assert.equal(places.length, placeCount);
        weights.forEach((weight, lane) => {
          assert.equal(places.filter((each) => each === `v${lane}`).length, weight);
        });
        const ranges = rangesOf(places);
        places.forEach((lane, place) => {
          assert.equal(laneAt(ranges, place), lane);
        });
      }),
    );
  });

  it("stay with a lane that grows, whatever other lanes there are", () => {
    fc.assert(
      fc.property(shares, fc.nat(), fc.nat(), (weights, which, more) => {
        const lane = 1 + (which % (weights.length - 1));
        const step = more % ((weights[0] ?? 0) + 1);
        const grown = weights.map((weight, index) =>
          index === 0 ? weight - step : index === lane ? weight + step : weight,
        );
        const [before, after] = [placesOf(weighted(...weights)), placesOf(weighted(...grown))];
        assert.ok(kept(before, after, `v${lane}`));
      }),
    );
  });

  it("stay with all lanes but the baseline when one of two grows, or of four that have up to a quarter each", () => {
    fc.assert(
      fc.property(shares, fc.nat(), fc.nat(), (weights, which, more) => {
        const lane = 1 + (which % (weights.length - 1));
        const step = more % ((weights[0] ?? 0) + 1);
        const grown = weights.map((weight, index) =>
          index === 0 ? weight - step : index === lane ? weight + step : weight,
        );
        fc.pre(weights.length <= 3 || (weights.length <= 5 && grown.slice(1).every((weight) => weight <= 25)));
        const [before, after] = [placesOf(weighted(...weights)), placesOf(weighted(...grown))];
        for (let other = 1; other < weights.length; other += 1) assert.ok(kept(before, after, `v${other}`));
      }),
      { numRuns: 500 },
    );
  });
});
