import assert from "node:assert/strict";
import { diagnose } from "../../../../../components/lanes/health/diagnose";
import type { MeshFacts } from "../../../../../components/lanes/health/facts";
import { summarize } from "../../../../../components/lanes/health/summary";
import type { LaneGroup } from "../../../../../components/lanes/spec";
import { gatewayPods, s2, s4 } from "../fixtures";
import { deployment, type FactsUnderTest, healthyFacts, istio, remove, stack } from "./fixtures";

/** Lane -> its state and those of its cells. */
function states(group: LaneGroup, fault: (facts: FactsUnderTest) => void = () => {}): Record<string, string> {
  const writable = healthyFacts(group);
  fault(writable);
  const facts = writable as MeshFacts;
  const { lanes } = summarize(group, facts, diagnose([group], facts, { gateway: gatewayPods, stack }), gatewayPods);
  return Object.fromEntries(
    lanes.map(({ lane, state, cells }) => [
      lane,
      `${state}: ${cells.map((cell) => `${cell.version} ${cell.ready}/${cell.wanted} ${cell.state}`).join(", ")}`,
    ]),
  );
}

function scaleToZero(facts: FactsUnderTest, name: string): void {
  deployment(facts, name).replicas = 0;
  facts.pods = facts.pods.filter((pod) => pod.owner?.name !== name);
}

describe("summarize", () => {
  it("counts pods, and tells what falls back by plan", () => {
    assert.deepEqual(states(s4), {
      v1: "ok: v1 1/1 ok, v1 1/1 ok, v1 1/1 ok",
      v2: "fallback: v2 1/1 ok, v1 1/1 fallback, v2 1/1 ok",
      v3: "fallback: v3 1/1 ok, v3 1/1 ok, v1 1/1 fallback",
    });
  });

  it("tells a lane that falls back because its pods are down", () => {
    assert.equal(
      states(s4, (facts) => scaleToZero(facts, "mockb-v3")).v3,
      "fallback: v3 1/1 ok, v3 0/0 fallback, v1 1/1 fallback",
    );
  });

  it("calls a strict lane broken whose pods are down, at that service", () => {
    assert.deepEqual(
      states(s2, (facts) => scaleToZero(facts, "mockb-v3")),
      {
        s1: "ok: v1 1/1 ok, v1 1/1 ok, v1 1/1 ok",
        s2: "ok: v2 1/1 ok, v2 1/1 ok, v2 1/1 ok",
        s3: "broken: v3 1/1 ok, v3 0/0 broken, v3 1/1 ok",
      },
    );
  });

  it("calls lanes broken that cannot be entered", () => {
    const seen = states(s2, (facts) => remove(facts, "VirtualService", "test"));
    assert.equal(seen.s1, "broken: v1 1/1 broken, v1 1/1 ok, v1 1/1 ok");
    assert.deepEqual(Object.keys(seen), ["s1", "s2", "s3"]);
  });

  it("calls a lane broken by a finding of no one service", () => {
    const seen = states(s4, (facts) => {
      istio(facts, "EnvoyFilter", "shop.v3.*").spec.configPatches = [];
    });
    assert.equal(seen.v3, "broken: v3 1/1 ok, v3 1/1 ok, v1 1/1 fallback");
    assert.match(seen.v2 ?? "", /^fallback:/);
  });
});
