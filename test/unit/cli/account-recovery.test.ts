import assert from "node:assert/strict";
import { orphansOf, pendingInAccount } from "../../../cli/account-recovery";
import type { PendingOperation } from "../../../cli/pulumi/pending";
import { type Api, apiCaller } from "../../../tools/alibaba/api";
import { findMade } from "../../../tools/alibaba/find-made";
import type { Account, Thing } from "../../cloud/account";
import { StandInCloud } from "../../cloud/server";

/** An operation as the state has it. */
function pending(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  operation = "creating",
): PendingOperation {
  return { type: operation, resource: { urn: `urn:pulumi:prod::mesh-lanes::${type}::${name}`, type, inputs } };
}

const cidrBlock = "10.1.0.0/16";
const network = pending("alicloud:vpc/network:Network", "cluster-network-vpc", { vpcName: "shop", cidrBlock });
const rule = pending("alicloud:ecs/securityGroupRule:SecurityGroupRule", "cluster-network-ingress", {
  type: "ingress",
});

describe("what a killed update has left in an account", () => {
  let cloud: StandInCloud;
  let account: Account;

  beforeEach(async () => {
    cloud = await StandInCloud.start();
    ({ account } = cloud);
  });
  afterEach(() => cloud.stop());

  const callOf = (api: Api) =>
    apiCaller(api, async () => ({ id: "key", secret: "secret" }), {
      env: cloud.environment,
      pace: { withinMs: 50, everyMs: 10 },
    });
  const said = async (...operations: PendingOperation[]) =>
    (await orphansOf({ pending_operations: operations }, { region: "cn-hangzhou", callOf }))?.message;

  it("is only what was being made in the account", () => {
    const config = pending("kubernetes:core/v1:ConfigMap", "config", {});
    const deleted = pending("alicloud:vpc/network:Network", "old", {}, "deleting");
    assert.deepEqual(pendingInAccount({ pending_operations: [network, config, deleted] }), [network]);
    assert.deepEqual(pendingInAccount({}), []);
  });

  it("is nothing that the state has by its id, as what a later update has made; what it replaces has the same URN", async () => {
    const [old, made] = ["a", "b"].map(() => account.make("Vpc", { VpcName: "shop", CidrBlock: cidrBlock }));
    const operations = { pending_operations: [network] };
    const left = async (...ids: (string | undefined)[]) => {
      const resources = ids.map((id) => ({ ...network.resource, ...(id !== undefined && { id }) }));
      return (await orphansOf({ ...operations, resources }, { region: "cn-hangzhou", callOf }))?.message;
    };
    assert.equal(await left(old?.id, made?.id), undefined);
    assert.match((await left(old?.id)) ?? "", new RegExp(`the account has ${made?.id}\\n`));
  });

  it("is named with its id, and what to do with it", async () => {
    const vpc = account.make("Vpc", { VpcName: "shop", CidrBlock: cidrBlock });
    account.make("Vpc", { VpcName: "of-others" });
    account.make("Role", {}, "", "shop-nodes");
    const role = pending("alicloud:ram/role:Role", "cluster-nodes", { roleName: "shop-nodes" });
    assert.equal(
      await said(network, role, rule),
      `A killed update has left resources in the account that the state does not have.
  alicloud:vpc/network:Network cluster-network-vpc: an update was killed while it was made; the account has ${vpc.id}
    expected: nothing in the account that the state does not have
    fix: Delete it in the console: nothing uses it yet. Then run this again.
  alicloud:ram/role:Role cluster-nodes: an update was killed while it was made; the account has shop-nodes
    expected: nothing in the account that the state does not have
    fix: Delete it in the console: nothing uses it yet. Then run this again.`,
    );
  });

  it("is nothing where the account has nothing of that name, or where it does not matter", async () => {
    account.make("Vpc", { VpcName: "of-others" });
    const role = pending("alicloud:ram/role:Role", "cluster-nodes", { roleName: "shop-nodes" });
    assert.equal(await said(network, role, rule), undefined);
  });

  it("is no network of another stack, whatever its name", async () => {
    const { id } = account.make("Vpc", { VpcName: "shop", CidrBlock: cidrBlock });
    account.make("VSwitch", { VpcId: id });
    account.make("Vpc", { VpcName: "shop", CidrBlock: "10.0.0.0/16" });
    assert.equal(await said(network), undefined);
  });

  it("is for a person to choose where two have the name", async () => {
    for (let count = 0; count < 2; count += 1) account.make("Vpc", { VpcName: "shop", CidrBlock: cidrBlock });
    const text = await said(network);
    assert.match(text ?? "", /the account has vpc-1, vpc-2\n/);
    assert.match(text ?? "", /See which of them is the stack's, and delete that in the console/);
  });

  it("is not known where the account does not say, which is no reason to make it again", async () => {
    account.allowed = new Set();
    const text = (await said(network)) ?? "";
    assert.match(text, /nobody knows whether it was: DescribeVpcs: Forbidden\.RAM: vpc:DescribeVpcs is not allowed/);
    assert.match(text, /fix: Grant the action to whoever runs this/);
  });

  const cases: readonly (readonly [type: string, make: () => Thing, inputs: Record<string, string>, id?: string])[] = [
    [
      "alicloud:vpc/network:Network",
      () => account.make("Vpc", { VpcName: "a", CidrBlock: cidrBlock }),
      { vpcName: "a", cidrBlock },
    ],
    [
      "alicloud:vpc/switch:Switch",
      () => account.make("VSwitch", { VSwitchName: "a", VpcId: "vpc-9" }),
      { vswitchName: "a", vpcId: "vpc-9" },
    ],
    [
      "alicloud:ecs/securityGroup:SecurityGroup",
      () => account.make("SecurityGroup", { SecurityGroupName: "a", VpcId: "vpc-9", rules: [] }),
      { securityGroupName: "a", vpcId: "vpc-9" },
    ],
    [
      "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer",
      () => account.make("LoadBalancer", { LoadBalancerName: "a" }),
      { loadBalancerName: "a" },
    ],
    ["alicloud:ram/role:Role", () => account.make("Role", {}, "", "a"), { roleName: "a" }],
    [
      "alicloud:ram/policy:Policy",
      () => account.make("Policy", { roles: [], versions: ["{}"] }, "", "a"),
      { policyName: "a" },
    ],
    [
      "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment",
      () => {
        account.make("Role", {}, "", "r");
        return account.make("Policy", { roles: ["r"], versions: ["{}"] }, "", "a");
      },
      { policyName: "a", roleName: "r" },
      "role:a:Custom:r",
    ],
    ["alicloud:cs/managedKubernetes:ManagedKubernetes", () => account.make("Cluster", { name: "a" }), { name: "a" }],
    [
      "alicloud:cs/nodePool:NodePool",
      () => {
        const { id } = account.make("Cluster", { name: "c" });
        return account.make("NodePool", { cluster_id: id, nodepool_info: { name: "a" } });
      },
      { nodePoolName: "a", clusterId: "c-1" },
      "c-1:np-2",
    ],
    [
      "alicloud:servicemesh/serviceMesh:ServiceMesh",
      () => account.make("ServiceMesh", { ServiceMeshInfo: { Name: "a", ServiceMeshId: "servicemesh-1" } }),
      { serviceMeshName: "a" },
      "servicemesh-1",
    ],
  ];
  for (const [type, make, inputs, id] of cases) {
    it(`finds a ${type.split(":").at(-1)} by its name, and nothing by another`, async () => {
      const thing = make();
      assert.deepEqual(await findMade({ type, inputs }, "cn-hangzhou", callOf), [id ?? thing.id]);
      const others = Object.fromEntries(Object.keys(inputs).map((name) => [name, "of-others"]));
      assert.deepEqual(await findMade({ type, inputs: others }, "cn-hangzhou", callOf), []);
    });
  }
});
