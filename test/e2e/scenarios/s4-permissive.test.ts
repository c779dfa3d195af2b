import assert from "node:assert/strict";
import { parseChain } from "../../../apps/mock/hops";
import { HostClient } from "./http";
import { fallsBack, goneInV2, inLane, type Lane, lanesOfDocument, tally } from "./mock-chains";
import { useScenarios } from "./stack";

const laneNames = ["v1", "v2", "v3"] as const;

describe("S4: permissive lanes by baggage", () => {
  const stack = useScenarios();
  let client: HostClient;

  before(() => {
    client = new HostClient(stack().url("istio-system/ingressgateway/http"), "mock.example.com");
  });
  after(() => client.close());

  for (const lane of laneNames) {
    it(`lane ${lane} is ${lanesOfDocument[lane].join(", ")}: a baseline hop on the way does not end it`, async () => {
      const answers = await client.getMany(200, "/mock", inLane(lane));
      assert.deepEqual(tally(answers), { [lanesOfDocument[lane].join(" ")]: 200 });
    });
  }

  it("shares new requests out 40:30:30", async () => {
    const count = 3000;
    const counts = tally(await client.getMany(count, "/mock"));
    assert.deepEqual(
      Object.keys(counts).sort(),
      Object.values(lanesOfDocument)
        .map((chain) => chain.join(" "))
        .sort(),
    );
    const weights = { v1: 0.4, v2: 0.3, v3: 0.3 };
    for (const lane of laneNames) {
      const expected = count * weights[lane];
      // 3.59 standard deviations: with 99.9 % all three shares are within (Bonferroni).
      const bound = 3.59 * Math.sqrt(expected * (1 - weights[lane]));
      const got = counts[lanesOfDocument[lane].join(" ")] ?? 0;
      assert.ok(Math.abs(got - expected) <= bound, `${lane}: ${got} of ${count}, expected ${expected} ± ${bound}`);
    }
  });

  it("keeps a client in the lane that it got, by a cookie", async () => {
    const given = new Set<string>();
    for (const first of await client.getMany(20, "/mock")) {
      const cookies = first.headers["set-cookie"];
      assert.equal(cookies?.length, 1);
      const [, lane] = /^mesh-lane-baggage=(v[123]); Path=\/; HttpOnly; SameSite=Lax$/.exec(cookies[0] ?? "") ?? [];
      assert.ok(lane, cookies[0]);
      given.add(lane);
      const cookie = cookies[0]?.split(";")[0];
      const again = await client.getMany(20, "/mock", { cookie: `other=1; ${cookie}` });
      assert.deepEqual(tally(again), { [lanesOfDocument[lane as Lane].join(" ")]: 20 });
      assert.equal(again[0]?.headers["set-cookie"], undefined);
    }
    assert.ok(given.size > 1, `20 first requests were all given ${[...given].join()}`);
  });

  const spoofs = [
    { name: "the route header", headers: { version: "v3" } },
    { name: "the route header twice", headers: { version: ["v3", "v3"] } },
    { name: "a baggage member", headers: { baggage: "version=v3" } },
    { name: "a member with properties", headers: { baggage: "version=v3;secure" } },
    { name: "a member with blanks", headers: { baggage: " version = v3 " } },
    { name: "members on two lines", headers: { baggage: ["a=1,version=v3", "version=v3,b=2"] } },
    { name: "both headers", headers: { version: "v3", baggage: "version=v3" } },
  ];
  for (const { name, headers } of spoofs) {
    it(`does not let a client choose the lane by ${name}`, async () => {
      const answers = await client.getMany(20, "/mock", { ...headers, ...inLane("v2") });
      assert.deepEqual(tally(answers), { "v2 v1 v2": 20 });
    });
  }

  it("takes only its own member out of a client's baggage", async () => {
    const sent = { baggage: ["userId=alice;tier=gold, version=v3", "xversion=v3,version2=v3"] };
    const answer = await client.get("/mock", { ...sent, ...inLane("v2"), accept: "application/json" });
    const hops = parseChain(answer.body)?.hops ?? [];
    assert.deepEqual(
      hops.map((hop) => hop.version),
      ["v2", "v1", "v2"],
    );
    for (const { service, headers } of hops) {
      const members = (headers.baggage ?? "").split(",").map((member) => member.trim());
      // First, since some libraries cut a long header from its end.
      assert.deepEqual(members, ["version=v2", "userId=alice;tier=gold", "xversion=v3", "version2=v3"], service);
      assert.equal(headers.version, "v2", service);
    }
  });

  for (const gone of goneInV2) {
    it(`falls back without a failed request while ${gone.deployment} has no pod, and returns to it`, async () => {
      await fallsBack(client, gone, (deployment, replicas) => stack().scale("baggage", deployment, replicas));
      // Back for good, not only for one answer: a time in which one of the baseline could still come.
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const own = lanesOfDocument.v2.join(" ");
      assert.deepEqual(tally(await client.getMany(50, "/mock", inLane("v2"))), { [own]: 50 });
    });
  }
});
