import assert from "node:assert/strict";
import { sideOf } from "../../../../cli/diff/side";
import { diffLanes } from "../../../../components/lanes/diff/diff";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";
import { transitionFaults } from "../../../../components/lanes/transition/check";
import { allowsUnsafeOrder, orderEnvironment, orderRefusals, refusedUpdate } from "../../../../config/order/refusal";
import { unsafeInOneUpdate } from "../../../../config/order/unsafe";
import { parseStackConfig } from "../../../../config/parse";
import { randomPairs } from "../../components/lanes/diff/pairs";
import { s2Input, s4Input } from "../../components/lanes/fixtures";

describe("what is unsafe in one update", () => {
  const versions = ["v1", "v2", "v3", "v4"];
  const empty = parseStackConfig({});
  const configOf = (laneGroups: readonly LaneGroup[]) => ({ ...empty, laneGroups });

  it("is what lanes diff calls a danger of the order, in the same words", () => {
    const services = s2Input.services.map((service) => ({ ...service, versions }));
    const strictly = (lanes: LaneGroupInput["lanes"]) => laneGroupSchema.parse({ ...s2Input, services, lanes });
    const strict = strictly(s2Input.lanes);
    const withLane = (lane: LaneGroupInput["lanes"][number]) =>
      strictly(s2Input.lanes.map((each) => (each.name === "s3" ? lane : each)));
    const random = randomPairs(7, 12, { size: 1 });
    const replaced = { before: [strict], after: [withLane({ name: "s3", version: "v4" })] };
    const swapped = { before: [strict], after: [withLane({ name: "s4", version: "v4" })] };
    for (const pair of [...random, replaced, swapped]) {
      const [before, after] = [configOf(pair.before), configOf(pair.after)];
      const { changes } = diffLanes(
        sideOf({ name: "before", config: before }),
        sideOf({ name: "after", config: after }),
      );
      const told = changes.filter(({ kind, risk }) => kind === "order" && risk === "danger");
      assert.deepEqual(
        unsafeInOneUpdate(before, after).map(({ group, what, fix }) => [group, `${what}. ${fix}`]),
        told.map(({ group, text }) => [group, text]),
      );
    }
    for (const { before, after } of [replaced, swapped]) {
      assert.equal(unsafeInOneUpdate(configOf(before), configOf(after)).length, 1);
    }
  });

  it("is no version in place at the end of a chain, whose label no rule asks for", () => {
    const services = s2Input.services.map((service) => ({ ...service, versions }));
    const withOwn = (own: Record<string, string>) => {
      const lanes = s2Input.lanes.map((lane) => (lane.name === "s3" ? { ...lane, versions: own } : lane));
      return configOf([laneGroupSchema.parse({ ...s2Input, services, lanes })]);
    };
    const before = withOwn({});
    assert.deepEqual(unsafeInOneUpdate(before, withOwn({ mockc: "v4" })), []);
    assert.equal(unsafeInOneUpdate(before, withOwn({ mockb: "v4" })).length, 1);
  });

  it("is what the checker finds to fail, also beside a swap that is no danger by itself", () => {
    let found = 0;
    for (const { before, after } of randomPairs(11, 4, { size: 5 })) {
      for (const now of after) {
        const old = before.find(({ name }) => name === now.name);
        const fails = old && transitionFaults({ before: old, after: now }).some(({ kind }) => kind === "no-route");
        if (!old || !fails) continue;
        found += 1;
        assert.ok(unsafeInOneUpdate(configOf([old]), configOf([now])).length > 0, now.name);
      }
    }
    assert.ok(found > 0);
  });

  it("looks at the labels of the pods that the stack runs", () => {
    const labels = (track: string) => ({
      workloads: [
        {
          ...{ name: "cart", image: "registry.example.com/cart:1.0.0", port: 8000, versionLabel: "app-version" },
          versions: { v1: { pod: { metadata: { labels: { track } } } } },
        },
      ],
      laneGroups: [
        {
          ...s4Input,
          services: [{ name: "cart", port: 8000, versions: ["v1"], versionLabels: { v1: { track } } }],
          entry: { ...s4Input.entry, service: "cart" },
          baseline: "v1",
          lanes: [{ name: "v1", weight: 100 }],
        },
      ],
    });
    const [before, after] = [parseStackConfig(labels("stable")), parseStackConfig(labels("old"))];
    const [first] = unsafeInOneUpdate(before, after);
    assert.match(first?.what ?? "", /are sent to a version that nothing runs/);
    assert.match(first?.fix ?? "", /^Give the new labels to pods of a version with another name/);
    // Pods of others are not known to the program.
    const unknown = (config: typeof before) => ({ ...config, workloads: [] });
    assert.deepEqual(unsafeInOneUpdate(unknown(before), unknown(after)), []);
  });

  it("is nothing of a group that stays, comes or goes", () => {
    const [strict, other] = [parseStackConfig({ laneGroups: [s2Input] }), parseStackConfig({ laneGroups: [s4Input] })];
    assert.deepEqual(unsafeInOneUpdate(strict, parseStackConfig({ laneGroups: [s2Input] })), []);
    assert.deepEqual(unsafeInOneUpdate(empty, strict), []);
    assert.deepEqual(unsafeInOneUpdate(other, empty), []);
  });

  it("is listed whole, and how to make it all the same is said once, at the end", () => {
    const unsafe = ["one", "two"].map((group) => ({
      risk: "danger" as const,
      group,
      what: `${group} fails`,
      fix: "Wait.",
    }));
    assert.deepEqual(orderRefusals(unsafe.slice(0, 1)), [
      { path: "one", got: "one fails", expected: "a change that is safe in one update", fix: "Wait." },
    ]);
    const { message } = refusedUpdate(unsafe);
    assert.match(
      message,
      /\n {2}one: one fails\n.*\n {4}fix: Wait\.\n {2}two: two fails\n.*\n {4}fix: Wait\. To make it/,
    );
    assert.equal(message.split("MESH_LANES_ALLOW_UNSAFE_ORDER=1").length, 2);
  });

  it("is allowed by 1 and by nothing else", () => {
    assert.equal(allowsUnsafeOrder({ MESH_LANES_ALLOW_UNSAFE_ORDER: "1" }), true);
    for (const value of ["", "0", "true"])
      assert.equal(allowsUnsafeOrder({ MESH_LANES_ALLOW_UNSAFE_ORDER: value }), false);
    assert.equal(allowsUnsafeOrder({}), false);
    assert.equal(allowsUnsafeOrder(orderEnvironment(true)), true);
    assert.deepEqual([orderEnvironment(false), orderEnvironment(undefined)], [{}, {}]);
  });
});
