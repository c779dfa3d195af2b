import assert from "node:assert/strict";
import { actionsOf } from "../../../components/alibaba/policies";
import { adviceOn } from "../../../tools/alibaba/failures";
import type { Call } from "../../cloud/account";
import { AccountStack } from "./stack";

/** What wrote in the account, each once. */
const writesOf = (calls: readonly Call[]) => {
  const names = new Set(calls.map(({ action }) => action).filter((name) => !/:(Check|Describe|Get|List)/.test(name)));
  return [...names].sort();
};

const shares = ["config", "mesh-lanes:laneGroups", 0, "lanes"];

/**
 * Production and staging from nothing to the end, by the code of terraform-provider-alicloud: a stand-in answers for the account, two
 * API servers with nothing behind them for the cluster and for the mesh. Each phase has the policy that docs/alibaba.md gives for it.
 */
for (const copied of ["prod", "staging"]) {
  describe(`${copied} in an account`, () => {
    let stack: AccountStack;
    const up = ["up", "--yes", "--skip-preview"];

    before(async () => {
      stack = await AccountStack.make(copied, `e2e-life-of-${copied}`);
    });
    after(() => stack?.remove());

    const ok = async (actions: readonly string[], ...args: string[]) => {
      const result = await stack.may(actions, ...args);
      assert.equal(result.exitCode, 0, result.stdout + result.stderr);
      // The second is what the stand-in does not know; the provider gets over some refusals without a word.
      const strange = ["Forbidden.RAM", "InvalidAction.NotFound"];
      const refused = result.calls.filter((call) => strange.includes(call.refused ?? "")).map(({ action }) => action);
      assert.deepEqual([...new Set(refused)], [], "calls that the documented policy does not have");
      return result;
    };

    const unchanged = async (actions: readonly string[]) => {
      const { calls } = await ok(actions, "preview", "--expect-no-changes");
      assert.deepEqual(writesOf(calls), []);
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
      await unchanged(actionsOf("up"));
    });

    it("is promoted with the policy of a promotion, which writes nothing in the account", async () => {
      stack.write((config) => {
        for (const [index, weight] of [60, 20, 20].entries()) config.setIn([...shares, index, "weight"], weight);
      });
      const { calls } = await ok(actionsOf("promote"), ...up);
      const names = new Set(calls.map(({ action }) => action));
      assert.deepEqual([...names].sort(), [...actionsOf("promote")].sort());
      await unchanged(actionsOf("promote"));
    });

    it("is refreshed without a difference", async () => {
      const refresh = ["refresh", "--yes", "--skip-preview", "--run-program", "--expect-no-changes"];
      const { calls } = await ok(actionsOf("up"), ...refresh);
      assert.deepEqual(writesOf(calls), []);
      await unchanged(actionsOf("up"));
    });

    it("goes on with another access key, and says what to do while it has the old one", async () => {
      stack.account.keys = new Set(["renewed"]);
      const { exitCode, stdout, stderr } = await stack.may(actionsOf("promote"), "preview");
      assert.notEqual(exitCode, 0);
      const [advice] = adviceOn(stdout + stderr);
      assert.equal(advice?.got, "InvalidAccessKeyId.NotFound");
      stack.key = "renewed";
      await unchanged(actionsOf("promote"));
    });

    it("takes another kubeconfig of the cluster for the same cluster", async () => {
      stack.renewKubeconfig();
      const { calls, stdout } = await ok(actionsOf("promote"), ...up);
      assert.deepEqual(writesOf(calls), []);
      assert.doesNotMatch(stdout, /\b(replaced|deleted|created)\b/);
      await unchanged(actionsOf("promote"));
    });

    it("gets a later version of the mesh, in place", async () => {
      const [mesh] = stack.account.all("ServiceMesh");
      stack.account.meshVersions.push("v1.25.6.70-gaaa-aliyun");
      stack.write((config) => config.setIn(["config", "mesh-lanes:mesh", "version"], "1.25.6.70"));
      const { calls } = await ok(actionsOf("up"), ...up);
      assert.deepEqual(writesOf(calls), ["servicemesh:UpgradeMeshEditionPartially"]);
      const [after] = stack.account.all("ServiceMesh");
      assert.equal(after?.id, mesh?.id);
      assert.match(JSON.stringify(after?.fields), /v1\.25\.6\.70-gaaa-aliyun/);
      await unchanged(actionsOf("up"));
    });

    it("is destroyed to the last thing", async () => {
      stack.write((config) => {
        config.setIn(["config", "mesh-lanes:mesh", "version"], "1.25.6.70");
        config.setIn(["config", "mesh-lanes:cluster", "ack", "deletionProtection"], false);
      });
      await ok(actionsOf("destroy"), ...up);
      await ok(actionsOf("destroy"), "destroy", "--yes", "--skip-preview", "--run-program");
      assert.deepEqual(stack.has, {});
      assert.deepEqual(await stack.state(), []);
      // On a cluster that is not of the machine namespaces stay (docs/what-it-touches.md); in an account they go with cluster and mesh.
      assert.deepEqual(await stack.namespaces(), ["shop", "shop"]);
    });
  });
}
