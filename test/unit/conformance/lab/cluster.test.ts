import assert from "node:assert/strict";
import { changeSteps } from "../../../../components/lanes/change-steps";
import { renderIstio } from "../../../../components/lanes/istio/render";
import { creationSteps } from "../../../../conformance/lab/cluster";
import { gatewayPods, s1, s4 } from "../../components/lanes/fixtures";

describe("creationSteps", () => {
  it("has the product's own steps, each with the objects of every group", () => {
    const render = (group: typeof s1) => renderIstio(group, { gateway: gatewayPods });
    const steps = creationSteps([s1, s4], render);
    assert.equal(steps.flat().length, render(s1).length + render(s4).length);
    for (const [index, stages] of changeSteps(s4, []).entries()) {
      assert.ok(steps[index]?.length);
      assert.ok(steps[index]?.every(({ stage }) => stages.includes(stage)));
    }
  });
});
