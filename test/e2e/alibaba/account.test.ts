import assert from "node:assert/strict";
import { actionsOf } from "../../../components/alibaba/policies";
import { AccountStack } from "./stack";

const shares = ["config", "mesh-lanes:laneGroups", 0, "lanes"];

/**
 * Production and staging from nothing to the end, by the code of terraform-provider-alicloud: a stand-in answers for the account, two
 * API servers with nothing behind them for the cluster and for the mesh. Each phase has the policy that docs/alibaba.md gives for it.
 */
for (const copied of ["prod", "staging"]) {
  describe(`${copied} in an account`, () => {
    let stack: AccountStack;
    const up = ["up", "--yes", "--skip-preview"];
    const unchanged = ["preview", "--expect-no-changes"];

    before(async () => {
      stack = await AccountStack.make(copied);
    });
    after(() => stack?.remove());

    const ok = async (actions: readonly string[], ...args: string[]) => {
      const result = await stack.may(actions, ...args);
      assert.equal(result.exitCode, 0, result.stdout + result.stderr);
      const refused = result.calls.filter((call) => call.refused === "Forbidden.RAM").map(({ action }) => action);
      assert.deepEqual([...new Set(refused)], [], "calls that the documented policy does not have");
      return result;
    };

    it("is made from nothing", async () => {
      await ok(actionsOf("up"), ...up);
      const zones = copied === "prod" ? 3 : 2;
      assert.deepEqual(stack.has, {
        Cluster: 1,
        ...(copied === "prod" && { Key: 1 }),
        LoadBalancer: 1,
        NatGateway: 1,
        NodePool: 1,
        Policy: 1,
        Role: 1,
        SecurityGroup: 1,
        ServiceMesh: 1,
        VSwitch: 2 * zones,
        Vpc: 1,
      });
    });

    it("has nothing to change afterwards", async () => {
      await ok(actionsOf("up"), ...unchanged);
    });

    it("is promoted with the policy of a promotion, which writes nothing in the account", async () => {
      stack.write((config) => {
        for (const [index, weight] of [60, 20, 20].entries()) config.setIn([...shares, index, "weight"], weight);
      });
      const { calls } = await ok(actionsOf("promote"), ...up);
      const names = new Set(calls.map(({ action }) => action));
      assert.deepEqual([...names].sort(), [...actionsOf("promote")].sort());
      await ok(actionsOf("promote"), ...unchanged);
    });

    it("is refreshed without a difference", async () => {
      await ok(actionsOf("up"), "refresh", "--yes", "--skip-preview", "--run-program", "--expect-no-changes");
      await ok(actionsOf("up"), ...unchanged);
    });

    it("gets a later version of the mesh, in place", async () => {
      const [mesh] = stack.account.all("ServiceMesh");
      stack.account.meshVersions.push("v1.25.6.70-gaaa-aliyun");
      stack.write((config) => config.setIn(["config", "mesh-lanes:mesh", "version"], "1.25.6.70"));
      await ok(actionsOf("up"), ...up);
      const [after] = stack.account.all("ServiceMesh");
      assert.equal(after?.id, mesh?.id);
      assert.match(JSON.stringify(after?.fields), /v1\.25\.6\.70-gaaa-aliyun/);
      await ok(actionsOf("up"), ...unchanged);
    });

    it("is destroyed to the last thing", async () => {
      stack.write((config) => {
        config.setIn(["config", "mesh-lanes:mesh", "version"], "1.25.6.70");
        config.setIn(["config", "mesh-lanes:cluster", "ack", "deletionProtection"], false);
      });
      await ok(actionsOf("destroy"), ...up);
      await ok(actionsOf("destroy"), "destroy", "--yes", "--skip-preview", "--run-program");
      assert.deepEqual(stack.has, {});
    });
  });
}
