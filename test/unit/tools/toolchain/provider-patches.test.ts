import assert from "node:assert/strict";
import { untypedResources, withoutOldAutoscalers } from "../../../../tools/toolchain/provider-patches";
import { generated, normalizer } from "./fake-go";

describe("untypedResources", () => {
  it("declares every result as a custom resource and drops only the imports that nothing uses then", () => {
    assert.equal(
      untypedResources(generated),
      generated
        .replace('\tappsv1 "example.org/apps/v1"\n', "")
        .replace("var res appsv1.Deployment", "var res apiextensions.CustomResource"),
    );
  });

  it("fails on a file of another form", () => {
    assert.throws(() => untypedResources("package v2\n"), /is not what its pinned version holds/);
    assert.throws(() => untypedResources(generated.replace("apiextensions.CustomResource", "x.Y")), /is not what/);
  });
});

describe("withoutOldAutoscalers", () => {
  it("drops the import and the case of the API that is gone, and nothing else", () => {
    assert.equal(
      withoutOldAutoscalers(normalizer),
      `package normalize

import (
\thpav2 "k8s.io/api/autoscaling/v2"
)

func normalize(object any) {
\tif object != nil {
\t\tswitch o := object.(type) {
\t\tcase *hpav2.HorizontalPodAutoscaler:
\t\t\to.Spec.Metrics = nil
\t\t}
\t}
}
`,
    );
  });

  it("fails on a file of another form", () => {
    assert.throws(() => withoutOldAutoscalers("package normalize\n"), /is not what its pinned version holds/);
    const other = normalizer.replace("case *hpav2beta2.Horizontal", "case hpav2beta2.Horizontal");
    assert.throws(() => withoutOldAutoscalers(other), /is not what/);
  });
});
