import assert from "node:assert/strict";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { explain } from "../../../../../components/lanes/explain";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import { laneRequest } from "../../../../../components/lanes/lane-request";
import { toEnvoyRequest } from "../../../../../components/lanes/matching";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { topologyOf } from "../../../../../components/lanes/topology/model";
import { hashOf, placeOf } from "../../../../../components/lanes/users/hash";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { asRecord, records } from "../../../../../tools/values";
import { sideOf } from "../diff/sides";
import { gatewayPods, s2Input, s4Input } from "../fixtures";

type Entry = LaneGroupInput["entry"];

function input(
  user: Entry["user"],
  weights: readonly number[] = [40, 30, 30],
  more: Partial<Entry> = {},
): LaneGroupInput {
  const lanes = s4Input.lanes.map((lane, index) => ({ ...lane, weight: weights[index] }));
  return { ...s4Input, entry: { ...s4Input.entry, user, ...more }, lanes };
}

const parse = (one: LaneGroupInput): LaneGroup => laneGroupSchema.parse(one);
const byHeader = { header: "x-user-id" };
const problemsOf = (one: LaneGroupInput, mesh: "istio" | "asm" = "istio") =>
  validateLaneGroups([{ path: "laneGroups[0]", input: one }], mesh).map(({ path, got }) => `${path}: ${got}`);
const placeIn = (id: string) => Number(hashOf([id]) % 100n);
const send = (group: LaneGroup, headers: Readonly<Record<string, string | readonly string[]>>, path = "/") =>
  explain([group], { host: "shop.example.com", path, headers });

function lanesOf(group: LaneGroup, headers: Readonly<Record<string, string | readonly string[]>>, path?: string) {
  const found = send(group, headers, path);
  assert.ok(found.status === "routed");
  return found.outcomes.map(({ lane, weight }) => `${lane} ${weight}`);
}

describe("shares of users", () => {
  it("give each user one lane, and others one by chance", () => {
    const group = parse(input(byHeader));
    for (let number = 0; number < 300; number += 1) {
      const place = placeIn(`u${number}`);
      // v2 from the lower end, v3 from the upper, the baseline between.
      const lane = place < 30 ? "v2" : place < 70 ? "v1" : "v3";
      assert.deepEqual(lanesOf(group, { "x-user-id": `u${number}` }), [`${lane} 100`]);
    }
    assert.deepEqual(lanesOf(group, {}), ["v1 40", "v2 30", "v3 30"]);
  });

  it("come behind what names a lane, and set no cookie", () => {
    const group = parse(input(byHeader, [40, 30, 30], { header: "x-tag" }));
    const found = send(group, { "x-user-id": "u1", "x-tag": "v3" });
    assert.ok(found.status === "routed" && found.kind === "match");
    const weighed = send(group, { "x-user-id": "u1", cookie: "mesh-lane-shop=v3" });
    assert.ok(weighed.status === "routed" && weighed.kind === "weights");
    assert.ok(weighed.outcomes.every(({ setsCookie }) => setsCookie === undefined));
  });

  it("say whose place it is, and when chance decides", () => {
    const group = parse(input(byHeader));
    const [known, unknown] = [send(group, { "x-user-id": "u1" }), send(group, {})];
    assert.ok(known.status === "routed" && unknown.status === "routed");
    assert.match(known.why, /the user of header x-user-id has place \d+, which is lane v\d's/);
    assert.match(unknown.why, /no header x-user-id tells a user, so chance decides by the weights/);
    assert.equal(unknown.user?.place, undefined);
  });

  it("read an id as Envoy does: sorted lines of a header, the first cookie without quotes, the first key of the query", () => {
    const place = (user: LaneGroup["entry"]["user"], headers: Record<string, string | readonly string[]>, path = "/") =>
      placeOf(user ?? {}, toEnvoyRequest({ host: "a", path, headers }));
    assert.equal(place(byHeader, { "X-User-Id": "u1" }), placeIn("u1"));
    assert.equal(place(byHeader, { "x-user-id": ["b", "a"] }), Number(hashOf(["a", "b"]) % 100n));
    assert.equal(place(byHeader, { "x-user-id": "" }), placeIn(""));
    assert.equal(place(byHeader, {}), undefined);
    assert.equal(place({ cookie: "uid" }, { cookie: 'xuid=no; uid="u1"; uid=u2' }), placeIn("u1"));
    assert.equal(place({ cookie: "uid" }, { cookie: "uid=" }), undefined);
    assert.equal(place({ cookie: "uid" }, { cookie: "UID=u1; other" }), undefined);
    assert.equal(place({ query: "user" }, {}, "/?a=1&user=u%201&user=u2"), placeIn("u%201"));
    assert.equal(place({ query: "user" }, {}, "/?user"), placeIn(""));
    assert.equal(place({ query: "user" }, {}, "/?users=u1"), undefined);
  });

  for (const [name, group] of Object.entries({
    permissive: parse(input(byHeader)),
    "without fallback": parse({ ...input(byHeader), fallback: false }),
    strict: parse({
      ...s2Input,
      entry: { service: "mocka", gateway: s2Input.entry.gateway, user: byHeader },
      lanes: s2Input.lanes.map((lane, index) => ({ ...lane, weight: [40, 30, 30][index] })),
      baseline: "s1",
    }),
    "one lane alone": parse(input(byHeader, [0, 100, 0])),
  })) {
    it(`are a list of Envoy's in the order of the places: ${name}`, () => {
      const objects = renderIstio(group, { gateway: gatewayPods }).filter(({ stage }) => stage === "entry-routes");
      const filter = objects.find(({ kind }) => kind === "EnvoyFilter");
      const patches = records(asRecord(filter?.spec).configPatches).map(
        ({ patch }) => asRecord(asRecord(patch).value).route,
      );
      const [single, list] = patches.map(asRecord);
      assert.ok(
        typeof single?.cluster === "string",
        "a single cluster takes the place of the VirtualService's list first",
      );
      const weighted = asRecord(list?.weighted_clusters);
      assert.equal(weighted.use_hash_policy, true);
      assert.deepEqual(list?.hash_policy, [{ header: { header_name: "x-user-id" } }]);
      const clusters = records(weighted.clusters).map(({ name: cluster, weight }) => ({
        subset: String(cluster).split("|")[2]?.split(",")[0],
        weight,
      }));
      const found = explain([group], { host: "a", path: "/" });
      assert.ok(found.status === "routed");
      const versions = new Map(found.outcomes.map(({ lane, hops }) => [lane, hops[0]?.version]));
      const dealt = found.user?.ranges.map(({ lane, weight }) => ({ subset: `version-${versions.get(lane)}`, weight }));
      assert.deepEqual(clusters, dealt);
      // One destination alone would have its headers at the route, where they hold for all of the list.
      const route = records(asRecord(objects[0]?.spec).http).at(-1);
      assert.ok(records(route?.route).filter(({ weight }) => weight !== 0).length > 1);
    });
  }

  it("hash a cookie without making one, or a key of the query", () => {
    const policyOf = (user: Entry["user"]) =>
      JSON.stringify(renderIstio(parse(input(user)), { gateway: gatewayPods })).match(/"hash_policy":(\[.*?\])/)?.[1];
    assert.equal(policyOf({ cookie: "uid" }), '[{"cookie":{"name":"uid"}}]');
    assert.equal(policyOf({ query: "user" }), '[{"query_parameter":{"name":"user"}}]');
  });

  it("can be entered by a user of the lane, made up for it", () => {
    for (const user of [byHeader, { cookie: "uid" }, { query: "user" }]) {
      const group = parse(input(user, [60, 39, 1]));
      for (const lane of group.lanes) {
        const made = laneRequest(group, lane);
        assert.ok("request" in made, JSON.stringify(made));
        assert.deepEqual(lanesOf(group, made.request.headers, made.request.path), [`${lane.name} 100`]);
      }
    }
    const group = parse(input(byHeader, [60, 40, 0]));
    const [, , last] = group.lanes;
    assert.ok(last);
    assert.deepEqual(laneRequest(group, last), { impossible: "no user is in it (weight 0)" });
  });

  it("are told in the topology", () => {
    const { lanes } = topologyOf(parse(input(byHeader)));
    assert.deepEqual(
      lanes.map(({ entry }) => entry),
      [
        ["40 % of users (header x-user-id)"],
        ["30 % of users (header x-user-id)"],
        ["30 % of users (header x-user-id)"],
      ],
    );
  });

  const movesOf = (before: LaneGroupInput, after: LaneGroupInput) =>
    diffLanes(sideOf("before", before), sideOf("after", after)).moves.map(
      ({ text, regions }) => `${regions[0]?.moved}: ${text}`,
    );

  it("are told in a diff: who moves, and only who moves", () => {
    assert.deepEqual(movesOf(input(byHeader, [80, 10, 10]), input(byHeader, [70, 20, 10])), [
      "10: 10 % of the requests that name no lane: v1 80 % -> 70 % and v2 10 % -> 20 %",
    ]);
    assert.deepEqual(movesOf(input(byHeader, [80, 10, 10]), input(byHeader, [80, 10, 10])), []);
    // Lane v3 comes first when v2 is gone, and then its users are others.
    const without = input(byHeader, [90, 0, 10]);
    assert.deepEqual(movesOf(without, { ...without, lanes: without.lanes.filter(({ name }) => name !== "v2") }), [
      "20: 20 % of the requests that name no lane: users move v1 -> v3 10 % and v3 -> v1 10 %",
    ]);
    assert.deepEqual(movesOf(input(undefined, [80, 10, 10], { sticky: false }), input(byHeader, [80, 10, 10])), [
      "34: 34 % of the requests that name no lane: dealt by header x-user-id, before by chance",
    ]);
    assert.deepEqual(movesOf(input(byHeader), input({ cookie: "uid" })), [
      "66: 66 % of the requests that name no lane: dealt by cookie uid, before by header x-user-id",
    ]);
  });

  it("are refused where they cannot be what they say", () => {
    assert.deepEqual(problemsOf(input(byHeader)), []);
    assert.deepEqual(problemsOf(input({ header: "authorization" })), []);
    assert.deepEqual(problemsOf(input({ ...byHeader, cookie: "uid" })), [
      "laneGroups[0].entry.user: got header and cookie",
    ]);
    assert.deepEqual(problemsOf(input({})), ["laneGroups[0].entry.user: got none of them"]);
    assert.deepEqual(problemsOf(input(byHeader, [40, 30, 30], { sticky: { maxAge: 60 } })), [
      "laneGroups[0].entry.sticky: a cookie beside user: it would keep clients where their user no longer belongs",
    ]);
    assert.deepEqual(
      problemsOf({
        ...input(byHeader),
        lanes: s4Input.lanes.map(({ name }) => ({ name, match: { headers: { "x-a": name } } })),
      }),
      ["laneGroups[0].entry.user: no lane has a weight"],
    );
    for (const header of [
      "X-User",
      "cookie",
      "x-mesh-lane",
      "version",
      "x-forwarded-for",
      "x-request-id",
      "origin",
      "a b",
    ]) {
      assert.equal(problemsOf(input({ header })).length, 1, header);
    }
    assert.equal(problemsOf(input({ cookie: "a b" })).length, 1);
    assert.equal(problemsOf(input({ query: "a&b" })).length, 1);
    assert.match(problemsOf(input(byHeader), "asm").join(), /Hash tagging/);
  });
});
