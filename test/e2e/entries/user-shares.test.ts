import assert from "node:assert/strict";
import { parseHops } from "../../../cli/verify/hops";
import { explain } from "../../../components/lanes/explain";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../components/lanes/spec";
import { HostClient } from "../scenarios/http";
import { bringUp } from "../suite-stack";
import { writeGroups } from "../support";

const gateway = "http://10.200.0.2";
const host = "users.example.com";
const names = ["front", "middle", "back"];
const versions = ["v1", "v2", "v3"];
const users = Array.from({ length: 1000 }, (_, number) => `user-${number}@example.com`);
/** How often each user comes. */
const visits = 4;

const workloads = names.map((name, index) => ({
  ...{ name, app: "mock", port: 8000, versions },
  ...(names[index + 1] !== undefined && { calls: `http://${names[index + 1]}:8000/mock` }),
}));

function group(weights: Readonly<Record<string, number>>, user: LaneGroupInput["entry"]["user"]): LaneGroupInput {
  return {
    name: "users",
    mode: "permissive",
    services: names.map((name) => ({ name, port: 8000, versions })),
    entry: { service: "front", gateway: "istio-system/ingressgateway", hosts: [host], user },
    routeHeader: "x-lane",
    baseline: "v1",
    lanes: versions.map((name) => ({ name, weight: weights[name] ?? 0 })),
  };
}

/** How a request tells its user. */
const ways = {
  header: { user: { header: "x-user-id" }, send: (id: string) => ({ path: "/mock", headers: { "x-user-id": id } }) },
  cookie: { user: { cookie: "uid" }, send: (id: string) => ({ path: "/mock", headers: { cookie: `a=1; uid=${id}` } }) },
  query: { user: { query: "user" }, send: (id: string) => ({ path: `/mock?user=${id}`, headers: {} }) },
} as const;

describe("shares of users, by a hash of their id", () => {
  const client = new HostClient(gateway, host);

  after(() => client.close());

  async function apply(input: LaneGroupInput): Promise<LaneGroup> {
    writeGroups(workloads, [input]);
    await bringUp("--no-verify");
    return laneGroupSchema.parse(input);
  }

  /** The lane of one request, which is that of each hop, and no cookie of ours. */
  async function laneOf({ path, headers }: ReturnType<(typeof ways)[keyof typeof ways]["send"]>): Promise<string> {
    const answer = await client.get(path, headers);
    assert.equal(answer.status, 200, answer.body);
    assert.equal(answer.headers["set-cookie"], undefined);
    const met = parseHops(answer.body).map(({ version }) => version);
    assert.deepEqual(met, Array(names.length).fill(met[0]), "one lane at each hop");
    return met[0] ?? "";
  }

  /** User -> lane: always the same, and the one that `explain` says. */
  async function lanesOfUsers(
    told: LaneGroup,
    way: keyof typeof ways,
    ids = users,
  ): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const left = [...ids];
    const worker = async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        const request = ways[way].send(id);
        const explained = explain([told], { host, ...request });
        assert.ok(explained.status === "routed");
        const [outcome, ...others] = explained.outcomes;
        assert.deepEqual(others, [], "a known user has one lane");
        for (let visit = 0; visit < visits; visit += 1) assert.equal(await laneOf(request), outcome?.lane, id);
        found.set(id, outcome?.lane ?? "");
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return found;
  }

  const share = (lanesOf: ReadonlyMap<string, string>, lane: string) =>
    [...lanesOf.values()].filter((each) => each === lane).length / lanesOf.size;

  /** 3.89 standard deviations: one run in 10,000 misses it. */
  function assertShare(lanesOf: ReadonlyMap<string, string>, lane: string, weight: number): void {
    const [expected, got] = [weight / 100, share(lanesOf, lane)];
    const bound = 3.89 * Math.sqrt((expected * (1 - expected)) / lanesOf.size);
    assert.ok(Math.abs(got - expected) <= bound, `${lane}: ${got}, expected ${expected} ± ${bound}`);
  }

  const kept = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>, lane: string) =>
    [...before].filter(([id, each]) => each === lane && after.get(id) !== lane).map(([id]) => id);

  let small: ReadonlyMap<string, string>;

  it("give 1,000 users a lane each, the same at every visit and hop, as explain says it", async () => {
    const weights = { v1: 75, v2: 10, v3: 15 };
    small = await lanesOfUsers(await apply(group(weights, ways.header.user)), "header");
    for (const [lane, weight] of Object.entries(weights)) assertShare(small, lane, weight);
  });

  it("give others a lane by chance, each time again", async () => {
    const seen = new Set<string>();
    for (let sent = 0; sent < 200; sent += 1) seen.add(await laneOf({ path: "/mock", headers: {} }));
    assert.deepEqual([...seen].sort(), versions);
  });

  it("keep all users of a lane that grows from 10 to 20, and of the lane beside it", async () => {
    const weights = { v1: 65, v2: 20, v3: 15 };
    const grown = await lanesOfUsers(await apply(group(weights, ways.header.user)), "header");
    for (const [lane, weight] of Object.entries(weights)) assertShare(grown, lane, weight);
    assert.deepEqual(kept(small, grown, "v2"), []);
    assert.deepEqual(kept(small, grown, "v3"), []);
  });

  it("give all users to one lane, and take them back", async () => {
    const all = await lanesOfUsers(
      await apply(group({ v1: 0, v2: 100 }, ways.header.user)),
      "header",
      users.slice(0, 100),
    );
    assert.equal(share(all, "v2"), 1);
  });

  for (const way of ["cookie", "query"] as const) {
    it(`know a user by ${way}, too`, async () => {
      const weights = { v1: 50, v2: 50 };
      const found = await lanesOfUsers(await apply(group(weights, ways[way].user)), way, users.slice(0, 300));
      assertShare(found, "v2", 50);
      for (let sent = 0; sent < 20; sent += 1) await laneOf({ path: "/mock", headers: {} });
    });
  }

  it("hold in a strict group", async () => {
    const input = { ...group({ v1: 60, v2: 40 }, ways.header.user), mode: "strict" as const, routeHeader: undefined };
    const found = await lanesOfUsers(await apply(input), "header", users.slice(0, 300));
    assertShare(found, "v2", 40);
  });
});
