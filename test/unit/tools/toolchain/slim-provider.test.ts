import assert from "node:assert/strict";
import { untypedResources } from "../../../../tools/toolchain/slim-provider";
import { generated } from "./fake-go";

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
