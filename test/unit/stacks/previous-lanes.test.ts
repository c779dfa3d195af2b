import assert from "node:assert/strict";
import { planLaneGroup } from "../../../components/lanes/plan";
import { laneTable } from "../../../components/lanes/table";
import { lanesOfTables, previousLanes } from "../../../stacks/previous-lanes";
import { s2, s4 } from "../components/lanes/fixtures";
import { startPulumiMocks } from "../pulumi-mocks";

describe("previousLanes", () => {
  const table = (group: typeof s2) => laneTable(planLaneGroup(group));

  it("reads the lanes of each group from the stack's own output", async () => {
    const mocks = await startPulumiMocks({
      outputs: () => ({ outputs: { lanes: { test: table(s2), shop: table(s4) } }, secretOutputNames: [] }),
    });
    assert.deepEqual(await previousLanes(), { test: ["s1", "s2", "s3"], shop: ["v1", "v2", "v3"] });
    const [reference] = mocks.ofType("pulumi:pulumi:StackReference");
    assert.equal(reference?.name, "organization/mesh-lanes/test");
  });

  it("is empty for a stack without outputs, or with others under that name", () => {
    assert.deepEqual(lanesOfTables(undefined), {});
    assert.deepEqual(lanesOfTables({ test: "s1" }), {});
  });
});
