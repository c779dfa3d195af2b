import assert from "node:assert/strict";
import { alphaOf, falseAlarms } from "../../../../../components/lanes/analysis/spending";
import { Tally } from "../../../../../components/lanes/analysis/tally";
import { judge, type Limits } from "../../../../../components/lanes/analysis/verdict";
import { verdictLines } from "../../../../../components/lanes/analysis/words";
import { laneGroupSchema } from "../../../../../components/lanes/spec";

const group = laneGroupSchema.parse({
  name: "shop",
  mode: "permissive",
  services: [
    { name: "mocka", port: 8000, versions: ["v1", "v2"] },
    { name: "mockb", port: 8000, versions: ["v1"] },
    { name: "mockc", port: 8000, versions: ["v1", "v2"] },
  ],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway" },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: [
    { name: "v1", weight: 90 },
    { name: "v2", weight: 10 },
  ],
});
const services = group.services.map(({ name }) => name);
const limits: Limits = { minRequests: 100, maxErrorIncrease: 0.01 };
const chain = { group, canary: "v2", baseline: "v1" };

interface Met {
  readonly requests: number;
  readonly errors?: number;
  readonly milliseconds?: number;
  readonly fellBack?: number;
}

function fill(tally: Tally, lane: string, service: string, met: Met): void {
  const { requests, errors = 0, milliseconds = 5, fellBack = 0 } = met;
  for (let n = 0; n < requests + fellBack; n += 1) {
    tally.add({ lane, service, failed: n < errors, milliseconds, fellBack: n >= requests });
  }
}

/** Counts by lane and service; what is left out met the usual. */
function tallied(v1: Met, v2: Met, others: Readonly<Record<string, Met>> = {}): Tally {
  const tally = new Tally();
  for (const [lane, usual] of [
    ["v1", v1],
    ["v2", v2],
  ] as const) {
    for (const service of services) fill(tally, lane, service, others[`${lane} ${service}`] ?? usual);
  }
  return tally;
}

const lines = (tally: Tally, more: object = {}) =>
  verdictLines(judge({ ...chain, tally, ...more }, limits, alphaOf(undefined)));

describe("the verdict of a step", () => {
  it("names hop, version and counts of both", () => {
    const others = { "v2 mockc": { requests: 1000, errors: 31 }, "v1 mockc": { requests: 1010, errors: 2 } };
    assert.deepEqual(lines(tallied({ requests: 1010 }, { requests: 1000 }, others)), [
      "mockc v2: 3.1 % errors (31 of 1,000), baseline v1 0.2 % (2 of 1,010)",
    ]);
  });

  it("names the hop where it begins, and those that show it too", () => {
    const bad = { requests: 200, errors: 40 };
    assert.deepEqual(lines(tallied({ requests: 1800 }, bad)), [
      "mockc v2: 20.0 % errors (40 of 200), baseline v1 0.0 % (0 of 1,800)",
      "seen at mocka, mockb too, which call it",
    ]);
    const early = { "v2 mockc": { requests: 160 }, "v2 mockb": { requests: 200 } };
    assert.match(lines(tallied({ requests: 1800 }, bad, early))[0] ?? "", /^mocka v2: 20\.0 % errors/);
  });

  it("names the hop where it begins though fewer of its calls have been seen yet", () => {
    const others = {
      "v2 mocka": { requests: 60, errors: 12 },
      "v2 mockb": { requests: 60, errors: 0 },
      "v2 mockc": { requests: 10, errors: 3 },
      "v1 mockc": { requests: 300 },
    };
    assert.deepEqual(lines(tallied({ requests: 1800 }, { requests: 60 }, others)), [
      "mockc v2: 30.0 % errors (3 of 10), baseline v1 0.0 % (0 of 300)",
      "seen at mocka too, which calls it",
    ]);
  });

  it("names a service of the baseline that fails for the canary's calls alone", () => {
    const others = { "v2 mockb": { requests: 200, errors: 30 } };
    assert.deepEqual(lines(tallied({ requests: 1800 }, { requests: 200 }, others)), [
      "mockb v1: 15.0 % errors (30 of 200), baseline v1 0.0 % (0 of 1,800)",
    ]);
  });

  it("sees that a hop is slow, by the baseline's own times or by a bound", () => {
    const others = { "v2 mockc": { requests: 200, milliseconds: 60 } };
    const tally = tallied({ requests: 1800 }, { requests: 200 }, others);
    assert.deepEqual(lines(tally), [
      "mockc v2: 100.0 % slower than 18 ms (200 of 200), baseline v1 0.0 % (0 of 1,800)",
    ]);
    const bounded = judge({ ...chain, tally }, { ...limits, maxLatency: 100 }, alphaOf(undefined));
    assert.deepEqual(bounded, { kind: "as good" });
  });

  it("lets pass what both lanes have, and what is smaller than the limit", () => {
    const both = { requests: 5000, errors: 500, milliseconds: 900 };
    assert.deepEqual(lines(tallied(both, both)), ["as good as the baseline"]);
    const small = { "v2 mockc": { requests: 50_000, errors: 400 } };
    assert.deepEqual(lines(tallied({ requests: 50_000 }, { requests: 50_000 }, small)), ["as good as the baseline"]);
  });

  it("says how many requests it wants where there are too few", () => {
    assert.deepEqual(lines(tallied({ requests: 900 }, { requests: 40 })), [
      "too little traffic: mocka v2: 40 of 100 requests; mockc v2: 40 of 50 requests",
    ]);
    assert.deepEqual(lines(new Tally()), ["too little traffic: mocka v2: 0 of 100 requests"]);
    // A service that one request of ten calls has to have as much less.
    const rare = { "v1 mockc": { requests: 90 }, "v2 mockc": { requests: 4 } };
    assert.deepEqual(lines(tallied({ requests: 900 }, { requests: 100 }, rare)), [
      "too little traffic: mockc v2: 4 of 5 requests",
    ]);
    const down = { "v2 mockc": { requests: 0, fellBack: 100 } };
    assert.deepEqual(lines(tallied({ requests: 900 }, { requests: 100 }, down)), [
      "too little traffic: mockc v2: 0 of 50 requests, and 100 that the baseline answered",
    ]);
  });

  it("needs few requests to see that all of them fail", () => {
    assert.match(lines(tallied({ requests: 180 }, { requests: 20, errors: 20 }))[0] ?? "", /^mockc v2: 100\.0 %/);
    assert.match(lines(tallied({ requests: 180 }, { requests: 1, errors: 1 }))[0] ?? "", /^too little traffic/);
  });

  it("compares with what the baseline had earlier where it has no traffic now", () => {
    const at100 = tallied({ requests: 0 }, { requests: 1000, errors: 50 });
    const earlierTally = tallied({ requests: 500, errors: 25 }, { requests: 0 });
    const earlier = new Map(services.map((service) => [service, earlierTally.of("v1", service)]));
    assert.deepEqual(lines(at100, { earlier }), ["as good as the baseline"]);
    const slow = tallied({ requests: 0 }, { requests: 1000, milliseconds: 80 });
    assert.deepEqual(lines(slow, { earlier }), ["as good as the baseline"]);
    const bounded = judge({ ...chain, tally: slow, earlier }, { ...limits, maxLatency: 50 }, alphaOf(undefined));
    assert.match(verdictLines(bounded)[0] ?? "", /^mockc v2: 100\.0 % slower than 50 ms/);
    assert.deepEqual(lines(at100), [
      "mockc v2: 5.0 % errors (50 of 1,000), nothing to compare with",
      "seen at mocka, mockb too, which call it",
    ]);
  });
});

/** Mulberry32, so that a run is the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One step as it is run: a look every tenth of its time; the kind and causes of the first that says worse, or of the last. */
function step(random: () => number, fault: { service?: string; errors?: number; slower?: number } = {}) {
  const weight = [0.01, 0.1, 0.5][Math.floor(random() * 3)] ?? 0.5;
  const requests = 40 + Math.floor(random() * 80);
  const errorRate = random() < 0.5 ? 0 : random() * 0.03;
  // From nearly constant to a heavy tail.
  const spread = random() * 1.2;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const tally = new Tally();
  const looks = 10;
  for (let look = 1; ; look += 1) {
    for (let n = 0; n < requests; n += 1) {
      const lane = random() < weight ? "v2" : "v1";
      for (const service of services) {
        const bad = lane === "v2" && service === fault.service;
        const failed = random() < errorRate + (bad ? (fault.errors ?? 0) : 0);
        const milliseconds = 8 * Math.exp(spread * normal()) * (bad ? (fault.slower ?? 1) : 1);
        tally.add({ lane, service, failed, milliseconds, fellBack: false });
      }
    }
    const verdict = judge({ ...chain, tally }, limits, alphaOf(look === looks ? undefined : look));
    if (verdict.kind === "worse" || look === looks) return verdict;
  }
}

describe("a rollout's statistics", () => {
  it("looks share the chance of a false alarm", () => {
    const interim = Array.from({ length: 10_000 }, (_, index) => alphaOf(index + 1));
    const all = interim.reduce((sum, each) => sum + each, alphaOf(undefined));
    assert.ok(all <= falseAlarms && all > falseAlarms * 0.99);
  });

  it("calls at most one of 200 clean steps worse, with ten looks at each", () => {
    const random = seeded(14);
    const steps = Number(process.env.MESH_LANES_ROLLOUT_STEPS ?? 600);
    let alarms = 0;
    for (let n = 0; n < steps; n += 1) if (step(random).kind === "worse") alarms += 1;
    assert.ok(alarms <= steps / 200, `${alarms} of ${steps}`);
  });

  it("finds planted faults of each hop, and names it", () => {
    const random = seeded(7);
    const faults = services.flatMap((service) => [
      { service, errors: 0.3 },
      { service, slower: 20 },
    ]);
    let named = 0;
    for (let round = 0; round < 10; round += 1) {
      for (const fault of faults) {
        // At 1 % of some hundred requests there is nothing to see: the next step has more.
        let verdict = step(random, fault);
        for (let again = 0; verdict.kind !== "worse" && again < 8; again += 1) verdict = step(random, fault);
        if (verdict.kind === "worse" && verdict.causes.every(({ service }) => service === fault.service)) named += 1;
      }
    }
    assert.equal(named, 60);
  });
});
