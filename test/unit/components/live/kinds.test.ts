import assert from "node:assert/strict";
import { soughtKindOf, watchedKinds } from "../../../../components/live/kinds";

describe("kinds of objects", () => {
  it("of a workload are all looked at before a change", () => {
    for (const [type, kind] of [
      ["core/v1", "Service"],
      ["core/v1", "ServiceAccount"],
      ["core/v1", "Secret"],
      ["apps/v1", "Deployment"],
      ["autoscaling/v2", "HorizontalPodAutoscaler"],
      ["policy/v1", "PodDisruptionBudget"],
    ] as const)
      assert.deepEqual(soughtKindOf(`kubernetes:${type}:${kind}`), { kind, resource: watchedKinds[kind]?.resource });
  });
});
