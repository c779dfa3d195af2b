import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatherLocalEnvironment } from "../../../stacks/local-environment";

const config = { cluster: { kind: "auto", name: "mesh-lanes" } } as const;

describe("gatherLocalEnvironment", () => {
  it("takes the charts from the environment, and none from an empty variable", () => {
    assert.equal(gatherLocalEnvironment(config, { MESH_LANES_CHARTS: "/charts" }).charts, "/charts");
    assert.equal(gatherLocalEnvironment(config, { MESH_LANES_CHARTS: "" }).charts, undefined);
    assert.equal(gatherLocalEnvironment(config, {}).charts, undefined);
  });

  it("takes the operator's chart from the environment, and none from an empty variable", () => {
    assert.equal(gatherLocalEnvironment(config, { MESH_LANES_OPERATOR_CHART: "/chart" }).operatorChart, "/chart");
    assert.equal(gatherLocalEnvironment(config, { MESH_LANES_OPERATOR_CHART: "" }).operatorChart, undefined);
  });

  it("finds no Docker where there is none on the PATH", () => {
    assert.equal(gatherLocalEnvironment(config, { PATH: "/nowhere" }).facts.dockerAnswers(), false);
  });

  it("reads a kubeconfig with the folder that its paths are relative to", () => {
    const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
    try {
      writeFileSync(join(folder, "my.yaml"), "kind: Config");
      const read = gatherLocalEnvironment(config, {}).readKubeconfig(join(folder, "my.yaml"));
      assert.deepEqual(read, { text: "kind: Config", folder });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("fails for a kubeconfig that is not there, naming it and why", () => {
    assert.throws(() => gatherLocalEnvironment(config, {}).readKubeconfig("no/such.yaml"), {
      name: "UserError",
      problems: [
        {
          path: "cluster.kubeconfig",
          got: "no/such.yaml: ENOENT",
          expected: "a file that can be read; its path is relative to the folder of the project",
          fix: "Name the right file.",
        },
      ],
    });
  });
});
