import assert from "node:assert/strict";
import { changeSteps } from "../../../../../components/lanes/change-steps";
import { explain } from "../../../../../components/lanes/explain";
import type { LaneGroup } from "../../../../../components/lanes/spec";
import { transitionFaults } from "../../../../../components/lanes/transition/check";
import { validateLaneGroups } from "../../../../../components/lanes/validate";
import { asInput } from "../../../../e2e/transitions/as-input";
import type { SentRequest } from "../../../../e2e/transitions/chains";
import { render } from "../../../../e2e/transitions/mesh";
import { randomReplays } from "../../../../e2e/transitions/replays";
import { seed } from "../../../../seed";

describe("changes that are replayed on the mesh", function () {
  this.timeout(240_000);
  const placed = { namespace: "transitions", gateway: "istio-system/ingressgateway" };
  let replays: ReturnType<typeof randomReplays>;

  before(() => {
    replays = randomReplays(seed, 5, placed);
  });

  it("are groups that a stack's config can hold, all of them together", () => {
    for (const side of ["before", "after"] as const) {
      const inputs = replays.map(({ inputs }) => inputs[side]);
      assert.deepEqual(validateLaneGroups(inputs.map((input) => ({ path: input.name, input }))), []);
      for (const { change } of replays) assert.deepEqual(asInput(change[side]), written(change[side].name, side));
    }
    function written(name: string, side: "before" | "after") {
      return replays.find((each) => each.inputs[side].name === name)?.inputs[side];
    }
  });

  it("are the same for the same seed, and others for another", () => {
    const [one, again, other] = [seed, seed, seed + 1].map((from) => randomReplays(from, 2, placed));
    assert.deepEqual(again, one);
    assert.notDeepEqual(other, one);
  });

  it("have no fault in order that any of the requests can meet, and some in the reverse one", () => {
    for (const { change, requests, needsOrder } of replays) {
      const asked = new Set(requests.flatMap(({ lanes }) => lanes));
      const faults = transitionFaults(change);
      assert.deepEqual(
        faults.filter(({ kind, lane = "" }) => kind !== "mixed" || asked.has(lane)),
        [],
      );
      const steps = changeSteps(
        change.after,
        change.before.lanes.map(({ name }) => name),
      );
      if (needsOrder) assert.notDeepEqual(transitionFaults(change, { steps: [...steps].reverse() }), faults);
    }
    assert.ok(replays.some(({ needsOrder }) => needsOrder));
  });

  it("have the mesh send nothing a second time, and answer nothing with a planted fault", () => {
    for (const { change } of replays) {
      for (const { kind, spec } of [change.before, change.after].flatMap(render)) {
        if (kind !== "VirtualService") continue;
        for (const { name, retries, fault } of spec.http as { name: string; retries?: unknown; fault?: unknown }[])
          assert.deepEqual([retries, fault], [{ attempts: 0 }, undefined], name);
      }
    }
  });

  it("are sent requests whose chains are those that explain says", () => {
    for (const { change, requests } of replays) {
      for (const each of requests) {
        assert.deepEqual(each.before, explained(change.before, each), each.name);
        assert.deepEqual(each.after, explained(change.after, each), each.name);
        for (const chain of [...each.before, ...each.after]) assert.ok(each.whole.has(chain));
      }
    }
  });
});

/** The versions along the way of a request, as `explain` has them hop by hop. */
function explained(group: LaneGroup, { request: { host = "", ...request }, way }: SentRequest): Set<string> {
  const explanation = explain([group], { host, ...request });
  assert.ok(explanation.status === "routed");
  return new Set(
    explanation.outcomes
      .filter(({ weight }) => weight > 0)
      .map(({ hops }) =>
        way
          .map((service, at) => hops.find((hop) => hop.service === service && hop.from === (way[at - 1] ?? "gateway")))
          .map((hop) => hop?.version)
          .join(" "),
      ),
  );
}
