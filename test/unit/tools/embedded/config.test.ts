import assert from "node:assert/strict";
import { nodeConfig } from "../../../../tools/embedded/config";
import { workPaths } from "../../../../tools/paths";
import { UserError } from "../../../../tools/user-error";

describe("nodeConfig", () => {
  it("derives everything from the name and the folder", () => {
    assert.deepEqual(nodeConfig(), {
      name: "mesh-lanes",
      stateFolder: workPaths.node,
      runFolder: "/run/mesh-lanes",
      netnsPath: "/run/netns/mesh-lanes",
      hostInterface: "mesh-lanes0",
      hostAddress: "10.200.0.1",
      nodeAddress: "10.200.0.2",
      podRange: "10.244.0.0/16",
      serviceRange: "10.96.0.0/16",
      apiServiceAddress: "10.96.0.1",
      dnsServiceAddress: "10.96.0.10",
    });
  });

  for (const name of ["", "a", "Mesh", "1mesh", "mesh-", "../etc", "mesh lanes", "fifteen-letters"]) {
    it(`fails on the name ${JSON.stringify(name)}`, () => {
      assert.throws(
        () => nodeConfig({ name }),
        (error) => error instanceof UserError && error.problems[0]?.got === JSON.stringify(name),
      );
    });
  }

  it("keeps the interface name within the kernel's 15 bytes", () => {
    assert.equal(nodeConfig({ name: "fourteen-chars" }).hostInterface, "fourteen-chars0");
  });

  it("fails with both problems at once", () => {
    assert.throws(
      () => nodeConfig({ name: "A", stateFolder: `/${"x".repeat(200)}` }),
      (error) =>
        error instanceof UserError && error.problems.map((problem) => problem.path).join() === "name,stateFolder",
    );
  });
});
