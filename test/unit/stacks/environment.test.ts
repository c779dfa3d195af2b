import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatherEnvironment } from "../../../stacks/environment";

const config = { cluster: { kind: "auto", name: "mesh-lanes" } } as const;

describe("gatherEnvironment", () => {
  it("takes the charts from the environment, and none from an empty variable", () => {
    assert.equal(gatherEnvironment(config, { MESH_LANES_CHARTS: "/charts" }).charts, "/charts");
    assert.equal(gatherEnvironment(config, { MESH_LANES_CHARTS: "" }).charts, undefined);
    assert.equal(gatherEnvironment(config, {}).charts, undefined);
  });

  it("takes the charts of the control plane of before from the environment, too", () => {
    const charts = (env: NodeJS.ProcessEnv) => gatherEnvironment(config, env).previousCharts;
    assert.equal(charts({ MESH_LANES_PREVIOUS_CHARTS: "/older" }), "/older");
    assert.equal(charts({ MESH_LANES_PREVIOUS_CHARTS: "", MESH_LANES_CHARTS: "/charts" }), undefined);
  });

  it("takes the operator's chart from the environment, and none from an empty variable", () => {
    assert.equal(gatherEnvironment(config, { MESH_LANES_OPERATOR_CHART: "/chart" }).operatorChart, "/chart");
    assert.equal(gatherEnvironment(config, { MESH_LANES_OPERATOR_CHART: "" }).operatorChart, undefined);
  });

  it("finds no Docker where there is none on the PATH", () => {
    assert.equal(gatherEnvironment(config, { PATH: "/nowhere" }).facts.dockerAnswers(), false);
  });

  it("reads a kubeconfig with the folder that its paths are relative to", () => {
    const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
    try {
      writeFileSync(join(folder, "my.yaml"), "kind: Config");
      const read = gatherEnvironment(config, {}).readKubeconfig(join(folder, "my.yaml"));
      assert.deepEqual(read, { text: "kind: Config", folder });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("fails for a kubeconfig that is not there, naming it and why", () => {
    assert.throws(() => gatherEnvironment(config, {}).readKubeconfig("no/such.yaml"), {
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
