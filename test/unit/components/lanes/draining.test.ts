import assert from "node:assert/strict";
import { diffLanes } from "../../../../components/lanes/diff/diff";
import { laneRequest } from "../../../../components/lanes/lane-request";
import { entryRules } from "../../../../components/lanes/rules";
import { type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";
import { topologyOf } from "../../../../components/lanes/topology/model";
import { validateLaneGroups } from "../../../../components/lanes/validate";
import { sideOf } from "./diff/sides";
import { s1Input, s2Input, s4Input } from "./fixtures";

type LaneInput = LaneGroupInput["lanes"][number];

describe("a lane that drains", () => {
  const withLanes = (input: LaneGroupInput, change: (lane: LaneInput) => LaneInput): LaneGroupInput => ({
    ...input,
    lanes: input.lanes.map(change),
  });
  const weights: Readonly<Record<string, number>> = { v1: 70, v2: 0, v3: 30 };
  const weighted = withLanes(s4Input, (lane) => ({
    ...lane,
    weight: weights[lane.name] ?? 0,
    ...(lane.name === "v2" && { match: { headers: { "x-tester": "yes" } }, state: "draining" as const }),
  }));
  const byHeader = withLanes(s1Input, (lane) => (lane.name === "v2" ? { ...lane, state: "draining" } : lane));
  const problems = (input: LaneGroupInput) => validateLaneGroups([{ path: "laneGroups[0]", input }]);
  const parse = (input: LaneGroupInput) => laneGroupSchema.parse(input);
  const laneOf = (input: LaneGroupInput, name: string) => {
    const group = parse(input);
    const lane = group.lanes.find((each) => each.name === name);
    assert.ok(lane);
    return { group, lane };
  };

  it("is entered by neither match, header nor share, and keeps the clients that have its cookie", () => {
    assert.deepEqual([problems(weighted), problems(byHeader)], [[], []]);
    const rules = entryRules(parse(weighted));
    assert.deepEqual(
      rules.map(({ kind, lane }) => [kind, lane]),
      [
        ["cookie", "v1"],
        ["cookie", "v2"],
        ["cookie", "v3"],
        ["weights", undefined],
      ],
    );
    assert.deepEqual(
      rules.at(-1)?.outcomes.map(({ lane }) => lane),
      ["v1", "v3"],
    );
    assert.deepEqual(
      entryRules(parse(byHeader)).map(({ lane }) => lane),
      ["baseline", "v1", "baseline"],
    );
  });

  it("is neither the baseline, nor what other requests take, and has no weight", () => {
    const drained = (name: string, input: LaneGroupInput) =>
      problems(withLanes(input, (lane) => (lane.name === name ? { ...lane, state: "draining" } : lane))).map(
        ({ path, got }) => `${path}: ${got}`,
      );
    assert.deepEqual(drained("v1", s4Input), [
      "laneGroups[0].lanes[0].state: v1 drains and is the baseline",
      "laneGroups[0].lanes[0].weight: v1 drains and has weight 40",
    ]);
    const unmatched = { ...s2Input, entry: { ...s2Input.entry, unmatched: "s2" } };
    assert.deepEqual(drained("s2", unmatched), ["laneGroups[0].lanes[1].state: s2 drains and is entry.unmatched"]);
    assert.deepEqual(drained("s2", s2Input), []);
  });

  it("is refused in swimlanes where no gateway judges who enters", () => {
    const input = { ...byHeader, asmWay: "swimlanes" as const };
    const found = validateLaneGroups([{ path: "laneGroups[0]", input }], "asm").map(({ path }) => path);
    assert.ok(found.includes("laneGroups[0].lanes[2].state"), found.join());
  });

  it("is asked for by its cookie, or by nothing", () => {
    const own = laneOf(weighted, "v2");
    const asked = laneRequest(own.group, own.lane);
    assert.deepEqual("request" in asked && asked.request.headers, { cookie: "mesh-lane-shop=v2" });
    const other = laneOf(byHeader, "v2");
    assert.deepEqual(laneRequest(other.group, other.lane), { impossible: "it drains, and takes nobody new" });
  });

  it("is told by pictures and by lanes diff, which says what becomes of those who asked for it", () => {
    const entry = (input: LaneGroupInput) => topologyOf(parse(input)).lanes.find(({ name }) => name === "v2")?.entry;
    assert.deepEqual(entry(weighted), ["drains: only clients that have its cookie"]);
    assert.deepEqual(entry(byHeader), ["drains: nobody new"]);
    const { changes } = diffLanes(sideOf("before", s1Input), sideOf("after", byHeader));
    assert.deepEqual(
      changes.map(({ kind, risk }) => [kind, risk]),
      [
        ["moved", "care"],
        ["lane-state", "note"],
      ],
    );
    const back = diffLanes(sideOf("before", byHeader), sideOf("after", s1Input)).changes.map(({ text }) => text);
    assert.ok(back.includes("lane v2 no longer drains"), back.join());
  });
});
