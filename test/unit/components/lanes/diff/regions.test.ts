import assert from "node:assert/strict";
import { fateKey } from "../../../../../components/lanes/diff/fate";
import { changedRegions, type Regions } from "../../../../../components/lanes/diff/regions";
import { type Explanation, explain } from "../../../../../components/lanes/explain";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { randomRequests } from "../../../../e2e/scenarios/truth/requests";
import { seed } from "../../../../seed";
import { s4Input } from "../fixtures";
import { type Pair, randomPairs } from "./pairs";

const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** More pairs for a longer run. */
const pairCount = setting("MESH_LANES_DIFF_PAIRS", 300);
const requestsOfPair = 20;
const gateway = "truth/truth";

const ruleOf = (explanation: Explanation) =>
  explanation.status === "routed" ? `${explanation.group} ${explanation.rule}` : String(explanation.status);

describe("changed regions", () => {
  it("hold a host with a port that is none, which fits no list of hosts but one with *", () => {
    const group = (own: Partial<LaneGroupInput["lanes"][number]>) => {
      const [v1, v2, v3] = s4Input.lanes.map(({ weight: _weight, ...lane }) => lane);
      assert.ok(v1 && v2 && v3);
      const lanes = [v1, { ...v2, ...own }, { ...v3, match: { hosts: ["*.test"] } }];
      const input = { ...s4Input, entry: { ...s4Input.entry, hosts: ["b.f4.test"], unmatched: "v1" }, lanes };
      return laneGroupSchema.parse(input);
    };
    const [before, after] = [[group({})], [group({ match: [{ hosts: ["*", "a.test"] }] })]];
    const request = { method: "GET", path: "/", host: "b.f4.test:80x", headers: {} };
    const of = (groups: readonly LaneGroup[]) => {
      return ruleOf(explain(groups, request, { gateway: group({}).entry.gateway }));
    };
    assert.deepEqual([of(before), of(after)], ["shop shop/entry", "shop shop/entry/v2"]);
    const found = changedRegions({ before, after }).changed.map(
      (region) => `${ruleOf(region.before.explanation)} -> ${ruleOf(region.after.explanation)}`,
    );
    assert.ok(found.includes("shop shop/entry -> shop shop/entry/v2"), found.join("\n"));
  });
});

describe("changed regions of random pairs of configs", function () {
  // Not a measure of speed: a busy machine may take its time.
  this.timeout(300_000);

  let pairs: readonly (Pair & { readonly regions: Regions })[] = [];

  before(() => {
    pairs = randomPairs(seed, pairCount).map((pair) => ({ ...pair, regions: changedRegions(pair) }));
  });

  it("have witnesses that take the route said, before and after", () => {
    let [found, missing] = [0, 0];
    for (const { before, after, regions } of pairs) {
      for (const region of regions.changed) {
        if (!region.witness) {
          missing += 1;
          continue;
        }
        found += 1;
        const seen = [before, after].map((groups) => {
          assert.ok(region.witness);
          return fateKey(explain(groups, region.witness, { gateway }), groups);
        });
        assert.deepEqual(seen, [region.before.key, region.after.key], `seed ${seed}`);
        assert.notEqual(seen[0], seen[1]);
      }
    }
    assert.ok(found > pairCount, `${found} witnesses only, seed ${seed}`);
    // What is left are regions of regular expressions, and some that nobody can enter, which is not always seen.
    assert.ok(missing < found / 20, `${missing} regions without a witness, ${found} with one, seed ${seed}`);
  });

  it("hold every random request that changes its route", () => {
    let moved = 0;
    for (const [index, { before, after, regions }] of pairs.entries()) {
      const reported = new Set(
        regions.changed.map((region) => `${ruleOf(region.before.explanation)} -> ${ruleOf(region.after.explanation)}`),
      );
      const groups = [...before, ...after];
      for (const request of groups.length > 0 ? randomRequests(seed + index, requestsOfPair, groups) : []) {
        // A diff looks at requests with one value of each header: where proxies join the lines of a header, all have one.
        const how = { gateway, repeatedHeaders: "joined" } as const;
        const [old, now] = [explain(before, request, how), explain(after, request, how)];
        if (fateKey(old, before) === fateKey(now, after)) continue;
        moved += 1;
        const pair = `${ruleOf(old)} -> ${ruleOf(now)}`;
        assert.ok(reported.has(pair), `${pair} is not reported, seed ${seed}: ${JSON.stringify(request)}`);
      }
    }
    assert.ok(moved > pairCount, `${moved} random requests moved only, seed ${seed}`);
  });

  it("name no rule as dead that a random request takes", () => {
    let dead = 0;
    for (const [index, { before, after, regions }] of pairs.entries()) {
      for (const [side, groups] of Object.entries({ before, after })) {
        const rules = regions.dead.filter((rule) => rule.side === side).map(({ routed }) => routed);
        if (rules.length === 0) continue;
        dead += rules.length;
        const sent = randomRequests(seed - index, requestsOfPair, groups);
        const taken = new Set(sent.map((request) => ruleOf(explain(groups, request, { gateway }))));
        for (const { group, rule } of rules)
          assert.ok(!taken.has(`${group.name} ${rule.name}`), `${rule.name}, seed ${seed}`);
      }
    }
    assert.ok(dead > 0, `no dead rule, seed ${seed}`);
  });
});
