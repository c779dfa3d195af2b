import assert from "node:assert/strict";
import { kubeconfigsOf } from "../../../../cli/pulumi/kubeconfigs";

describe("kubeconfigsOf", () => {
  it("gives each cluster of a state once", () => {
    const provider = (urn: string, kubeconfig: string) => ({
      urn,
      type: "pulumi:providers:kubernetes",
      inputs: { kubeconfig },
    });
    const resources = [provider("a", "one"), provider("b", "one"), provider("c", "two"), { urn: "d", type: "other" }];
    assert.deepEqual(kubeconfigsOf({ resources }), ["one", "two"]);
  });
});
