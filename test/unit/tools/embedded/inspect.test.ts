import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentNames } from "../../../../tools/embedded/components";
import { nodeConfig, nodePaths } from "../../../../tools/embedded/config";
import { inspectNode } from "../../../../tools/embedded/inspect";
import { leftovers } from "../../../../tools/embedded/leftovers";
import { takeOwnership } from "../../../../tools/embedded/owner";

describe("inspectNode", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "inspect-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const config = () => ({
    ...nodeConfig({ name: "unit-test-node", stateFolder: join(folder, "state") }),
    runFolder: join(folder, "run"),
  });
  const writeState = () => {
    const paths = nodePaths(config());
    mkdirSync(paths.kubeconfigs, { recursive: true });
    writeFileSync(paths.adminKubeconfig, "kubeconfig");
    writeFileSync(paths.identity, "an-identity\n");
  };

  it("says absent when there is nothing", () => {
    assert.deepEqual(inspectNode(config()), { state: "absent", dead: [] });
  });

  it("says stopped when there is state and nothing runs", () => {
    writeState();
    assert.deepEqual(inspectNode(config()), {
      state: "stopped",
      dead: ["network", ...componentNames],
      info: {
        name: "unit-test-node",
        nodeAddress: "10.200.0.2",
        address: "https://10.200.0.2:6443",
        kubeconfig: "kubeconfig",
        identity: "an-identity",
      },
    });
  });

  it("says stopped when the name belongs to another folder", () => {
    writeState();
    takeOwnership({ ...config(), stateFolder: "/other" });
    assert.equal(inspectNode(config()).state, "stopped");
  });

  it("leftovers names the run folder of a node that was only begun", () => {
    assert.deepEqual(leftovers(config()), []);
    takeOwnership(config());
    assert.deepEqual(leftovers(config()), [`folder ${join(folder, "run")}`]);
  });
});
