import assert from "node:assert/strict";
import { plannedPlane } from "../../../config/mesh/planned-plane";
import { parseStackConfig } from "../../../config/parse";

const cluster = { kind: "existing", kubeconfig: "k", context: "mine" };
const workloads = [{ name: "web", app: "mock", namespace: "shop", port: 8000, versions: ["v1"] }];
const known = { revisions: ["1-30-0", "1-31-0"], tags: { stable: "1-31-0", default: "1-30-0" } };
const planned = (mesh: object, namespace = "shop") =>
  plannedPlane(parseStackConfig({ cluster, mesh, workloads }), namespace, known);

describe("the control plane that the config has for a namespace", () => {
  it("is the one that a tag of an existing Istio stands for, under the label that the user wrote", () => {
    const label = { "istio.io/rev": "stable" };
    assert.deepEqual(planned({ existing: true, revision: "stable" }), { name: "stable", revision: "1-31-0", label });
  });

  it("is that of the tag default where an existing Istio has one and the config no revision", () => {
    const label = { "istio-injection": "enabled" };
    assert.deepEqual(planned({ existing: true }), { name: "default", revision: "1-30-0", label });
  });

  it("is not known where neither a revision nor a tag has the name", () => {
    const label = { "istio.io/rev": "gone" };
    assert.deepEqual(planned({ existing: true, revision: "gone" }), { name: "gone", label });
  });

  it("is what the stack installs, whatever tags others have made", () => {
    const label = { "istio.io/rev": "stable" };
    assert.deepEqual(planned({ revision: "stable" }), { name: "stable", revision: "stable", label });
  });

  it("is told by its label alone where the namespace is not the stack's", () => {
    const label = { "istio.io/rev": "stable" };
    assert.deepEqual(planned({ existing: true, revision: "stable" }, "theirs"), { name: "stable", label });
  });
});
