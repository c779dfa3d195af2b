import assert from "node:assert/strict";
import { fateKey } from "../../../../../components/lanes/diff/fate";
import {
  type Draining,
  type LoggedRequest,
  Replay,
  type ReplaySide,
} from "../../../../../components/lanes/diff/replay/replay";
import { type Explanation, explain } from "../../../../../components/lanes/explain";
import type { RepeatedHeaders } from "../../../../../components/lanes/repeated-headers";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { randomRequests } from "../../../../e2e/scenarios/truth/requests";
import { seed } from "../../../../seed";
import { s4Input } from "../fixtures";
import { randomPairs } from "./pairs";

const gateway = "truth/truth";
const pairCount = Number(process.env.MESH_LANES_DIFF_PAIRS ?? 300) / 5;

const groups = (...inputs: LaneGroupInput[]) => inputs.map((input) => laneGroupSchema.parse(input));

const side = (of: readonly LaneGroup[], repeatedHeaders: RepeatedHeaders = "each"): ReplaySide => ({
  groups: of,
  repeatedHeaders,
});

/** A line of the gateway's log. */
const logged = (path: string, route?: string, more: Partial<LoggedRequest> = {}): LoggedRequest => ({
  request: { host: "shop.example.com", path },
  ...{ whole: false, socket: false, ...(route !== undefined && { route }) },
  ...more,
});

/** What a request meets, whatever its answer sets. */
function withoutCookies(explanation: Explanation): Explanation {
  if (explanation.status !== "routed") return explanation;
  const outcomes = explanation.outcomes.map((outcome) => ({ ...outcome, setsCookie: undefined }));
  return { ...explanation, outcomes };
}

describe("requests that were sent", () => {
  const [v1, v2, v3] = s4Input.lanes;
  assert.ok(v1 && v2 && v3);
  const weighted = (a: number, b: number, c: number): LaneGroupInput => ({
    ...s4Input,
    lanes: [
      { ...v1, weight: a },
      { ...v2, weight: b },
      { ...v3, weight: c },
    ],
  });
  const count = (
    before: LaneGroupInput,
    after: LaneGroupInput,
    requests: readonly LoggedRequest[],
    how?: RepeatedHeaders,
    draining: Draining = { groups: new Set(["shop"]), services: new Set() },
  ) => {
    const replay = new Replay(side(groups(before), how), side(groups(after), how), draining);
    for (const request of requests) replay.add(request);
    return replay.result();
  };

  it("count by the share that moves, for the rule that the log names", () => {
    const requests = Array.from({ length: 200 }, (_, index) => logged(`/mock?n=${index}`, "shop/entry"));
    const { moved, regions, unknown, others } = count(weighted(40, 30, 30), weighted(10, 60, 30), requests);
    assert.deepEqual([moved, unknown, others], [{ least: 60, most: 60 }, 0, 0]);
    assert.deepEqual(regions, [{ before: "shop/entry", after: "shop/entry", least: 30, most: 30, requests: 200 }]);
  });

  it("do not move where their answers set a cookie that they did not, or no longer", () => {
    const lanes = s4Input.lanes.map(({ weight: _weight, ...lane }) => lane);
    const unshared = { ...s4Input, lanes };
    const requests = Array.from({ length: 10 }, (_, index) => logged(`/mock?n=${index}`, undefined, { whole: true }));
    assert.deepEqual(count(unshared, weighted(100, 0, 0), requests).moved, { least: 0, most: 0 });
    assert.deepEqual(count(unshared, weighted(90, 10, 0), requests).moved, { least: 1, most: 1 });
    assert.deepEqual(count(weighted(90, 10, 0), unshared, requests).moved, { least: 1, most: 1 });
  });

  it("are known to have what the rule that took them asks for, and to lack what earlier rules ask for", () => {
    const match = (value: string) => ({ headers: { "x-user": { exact: value } } });
    const before = { ...s4Input, lanes: [v1, { ...v2, match: match("qa") }, { ...v3, match: match("dev") }] };
    const after = {
      ...before,
      lanes: [v1, { ...v2, match: match("qa") }, { ...v3, version: "v1", match: match("dev") }],
    };
    const taken = count(before, after, [
      logged("/", "shop/entry/v2"),
      logged("/", "shop/entry/v3"),
      logged("/", "shop/entry"),
    ]);
    assert.deepEqual([taken.moved, taken.unknown], [{ least: 1, most: 1 }, 0]);
  });

  it("have one value of a header where proxies join them, and hardly ever two where they do not", () => {
    const match = (value: string) => ({ headers: { "x-user": { exact: value } } });
    const before = { ...s4Input, lanes: [v1, v2, { ...v3, weight: undefined, match: match("dev") }] };
    const after = {
      ...before,
      lanes: [v1, v2, { ...v3, weight: undefined, name: "v4", version: "v3", match: match("qa") }],
    };
    const weights = (input: typeof before) => ({
      ...input,
      lanes: input.lanes.map(({ weight: _weight, ...lane }) => lane),
    });
    for (const how of ["joined", "each"] as const) {
      const { regions } = count(weights(before), weights(after), [logged("/", "shop/entry/v3")], how);
      assert.deepEqual(regions, [{ before: "shop/entry/v3", after: "shop/entry", least: 100, most: 100, requests: 1 }]);
    }
  });

  it("are told as such where the log lacks what a new rule looks at", () => {
    const lanes = [...s4Input.lanes, { name: "v4", version: "v3", match: { headers: { "x-user": { prefix: "qa" } } } }];
    const partly = count(s4Input, { ...s4Input, lanes }, [logged("/", "shop/entry")]);
    assert.deepEqual([partly.unknown, partly.moved.least, partly.moved.most], [1, 0, 1]);
    const headers = { "x-user": "qa-1" };
    const request = { host: "shop.example.com", path: "/", headers };
    const whole = count(s4Input, { ...s4Input, lanes }, [logged("/", undefined, { request, whole: true })]);
    assert.deepEqual([whole.unknown, whole.moved], [0, { least: 1, most: 1 }]);
  });

  it("count WebSockets, those that would drain, and what no lane group takes", () => {
    const elsewhere = { ...s4Input, entry: { ...s4Input.entry, hosts: ["shop.example.com"] } };
    const other = logged("/", undefined, { request: { host: "other.example.com", path: "/" } });
    const { requests, others, sockets, drained } = count(elsewhere, elsewhere, [
      logged("/", "shop/entry", { socket: true }),
      logged("/", "shop/entry"),
      other,
    ]);
    assert.deepEqual([requests, others, sockets, drained], [3, 1, 1, 1]);
  });

  it("are WebSockets of a lane group only where one of its rules took them", () => {
    const entry = { ...s4Input.entry, path: { exact: "/mock" } };
    const [before, after] = [
      { ...s4Input, entry },
      { ...s4Input, entry: { ...entry, path: { prefix: "/" } } },
    ];
    const socket = { socket: true };
    const sent = [logged("/mock", "shop/entry", socket), logged("/mock", undefined, socket)];
    const elsewhere = [logged("/other", "default", socket), logged("/other", undefined, socket)];
    const same = count(before, before, [...sent, ...elsewhere]);
    assert.deepEqual([same.sockets, same.drained, same.others], [2, 2, 2]);
    // What a lane group takes from now on is its own, and a socket that is open already is not.
    const wider = count(before, after, [...sent, ...elsewhere]);
    assert.deepEqual([wider.sockets, wider.drained, wider.others], [2, 2, 0]);
  });

  it("drain by the policies of the service that they go to", () => {
    const entry = {
      ...s4Input.entry,
      routes: [{ service: "mockc", path: { prefix: "/c" }, name: "c" }],
    };
    const routed = { ...s4Input, namespace: "shop", entry };
    const sockets = ["/c", "/", "/"].map((path) => logged(path, undefined, { socket: true }));
    const drained = (...services: string[]) =>
      count(routed, routed, sockets, undefined, { groups: new Set(), services: new Set(services) }).drained;
    assert.deepEqual(
      [drained(), drained("shop/mocka"), drained("shop/mockc"), drained("shop/mockb"), drained("other/mocka")],
      [0, 2, 1, 0, 0],
    );
  });

  it("of random changes move as explain says: exactly where all is known, within the bounds where it is not", () => {
    let [moves, sure, unsure] = [0, 0, 0];
    for (const [index, { before, after }] of randomPairs(seed, pairCount).entries()) {
      const all = [...before, ...after];
      // Some of the changes upgrade the mesh as well, to one whose proxies compare repeated headers in another way.
      const [was, is] = [index % 2 === 0 ? "joined" : "each", index % 3 === 0 ? "joined" : "each"] as const;
      for (const request of all.length > 0 ? randomRequests(seed + index, 20, all) : []) {
        const old = explain(before, request, { gateway, repeatedHeaders: was });
        const now = explain(after, request, { gateway, repeatedHeaders: is });
        const same = fateKey(withoutCookies(old), before) === fateKey(withoutCookies(now), after);
        const result = (one: LoggedRequest) => {
          const draining = { groups: new Set<string>(), services: new Set<string>() };
          const replay = new Replay(side(before, was), side(after, is), draining);
          replay.add(one);
          const { regions } = replay.result();
          return { least: regions[0]?.least ?? 0, most: regions[0]?.most ?? 0 };
        };
        const why = `seed ${seed}: ${JSON.stringify({ request, old, now })}`;
        const exact = result({ request, whole: true, socket: false });
        assert.equal(exact.least, exact.most, why);
        assert.equal(exact.most === 0, same, why);
        const { host, path, method } = request;
        const route = old.status === "routed" ? old.rule : undefined;
        const partial = result({
          request: { host, path, ...(method !== undefined && { method }) },
          ...{ whole: false, socket: false, ...(route !== undefined && { route }) },
        });
        assert.ok(partial.least <= exact.most && exact.most <= partial.most, why);
        moves += same ? 0 : 1;
        if (partial.least === partial.most) sure += 1;
        else unsure += 1;
      }
    }
    assert.ok(moves > pairCount / 2 && sure > unsure && unsure > 0, `${moves} ${sure} ${unsure}, seed ${seed}`);
  }).timeout(300_000);
});
