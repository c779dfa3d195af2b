import assert from "node:assert/strict";
import { translate } from "../../asm-controller/translate";
import { carriesAnotherHeader, dropsFallback, mistakesPods, readsAnotherLabel } from "../../e2e/asm-traffic/faults";
import { asSwimlanes, scenarioGroup } from "../../e2e/scenarios/scenario-groups";
import { asmObjects, named, ports } from "./objects";

/** Each fault of the end-to-end test changes what reaches the cluster, and what it is called after. */
describe("asm-controller: planted faults", () => {
  const permissive = asmObjects(scenarioGroup("baggage"));
  const strict = asmObjects(scenarioGroup("test"));
  const swimlanes = asmObjects(asSwimlanes(scenarioGroup("test")));

  it("without fallback no route has a second cluster", () => {
    const text = JSON.stringify(translate(dropsFallback(permissive), ports));
    assert.doesNotMatch(text, /fallback-|envoy\.clusters\.aggregate/);
    assert.match(
      JSON.stringify(translate(permissive, ports)),
      /fallback-.*envoy\.clusters\.aggregate|envoy\.clusters\.aggregate.*fallback-/,
    );
  });

  it("another header is carried", () => {
    const script = (objects: typeof permissive) =>
      JSON.stringify(named(translate(objects, ports), "EnvoyFilter", "asm.header-propagation.baggage"));
    assert.match(script([...carriesAnotherHeader(permissive)]), /x-other/);
    assert.doesNotMatch(script(permissive), /x-other/);
  });

  it("another label is read", () => {
    const script = (objects: typeof strict) =>
      JSON.stringify(named(translate(objects, ports), "EnvoyFilter", "asm.traffic-label.test"));
    assert.match(script([...readsAnotherLabel(strict)]), /label\(\W+app\W/);
    assert.match(script(strict), /ASM_TRAFFIC_TAG/);
  });

  it("a lane's subset has other pods", () => {
    const subsets = (objects: typeof swimlanes) =>
      named(translate(objects, ports), "DestinationRule", "trafficlabel-dr-test-default-mockb").spec.subsets;
    assert.deepEqual(subsets([...mistakesPods("s2", { ASM_TRAFFIC_TAG: "v3" })(swimlanes)]), [
      { name: "s1", labels: { ASM_TRAFFIC_TAG: "v1" } },
      { name: "s2", labels: { ASM_TRAFFIC_TAG: "v3" } },
      { name: "s3", labels: { ASM_TRAFFIC_TAG: "v3" } },
    ]);
  });
});
