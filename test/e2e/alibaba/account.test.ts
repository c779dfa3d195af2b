import assert from "node:assert/strict";
import type { Document } from "yaml";
import { actionsOf } from "../../../components/alibaba/policies";
import { adviceOn } from "../../../tools/alibaba/failures";
import type { Call } from "../../cloud/account";
import { RecordedCalls } from "./recorded-calls";
import { AccountStack } from "./stack";

/** What wrote in the account, each once. */
const writesOf = (calls: readonly Call[]) => {
  const names = new Set(calls.map(({ action }) => action).filter((name) => !/:(Check|Describe|Get|List)/.test(name)));
  return [...names].sort();
};

const shares = ["config", "mesh-lanes:laneGroups", 0, "lanes"];
const up = ["up", "--yes", "--skip-preview"];

const recorded = new RecordedCalls();
/** Does it as somebody who may only what docs/alibaba.md says for the phase. */
const ok = (stack: AccountStack, phase: Parameters<RecordedCalls["during"]>[0], ...args: readonly string[]) =>
  recorded.during(phase, stack, ...args);

async function unchanged(stack: AccountStack, phase: Parameters<RecordedCalls["during"]>[0]): Promise<void> {
  const { calls } = await ok(stack, phase, "preview", "--expect-no-changes");
  assert.deepEqual(writesOf(calls), []);
}

/** A change of the config that takes a promotion into it. */
function promoted(config: Document): void {
  for (const [index, weight] of [60, 20, 20].entries()) config.setIn([...shares, index, "weight"], weight);
}

async function getsALaterMesh(stack: AccountStack): Promise<void> {
  const [mesh] = stack.account.all("ServiceMesh");
  stack.account.meshVersions.push("v1.25.6.70-gaaa-aliyun");
  stack.write((config) => config.setIn(["config", "mesh-lanes:mesh", "version"], "1.25.6.70"));
  const { calls } = await ok(stack, "change", ...up);
  assert.deepEqual(writesOf(calls), ["servicemesh:UpgradeMeshEditionPartially"]);
  const [after] = stack.account.all("ServiceMesh");
  assert.equal(after?.id, mesh?.id);
  assert.match(JSON.stringify(after?.fields), /v1\.25\.6\.70-gaaa-aliyun/);
  await unchanged(stack, "change");
}

/** Another name for what belongs to the cluster, and with it another role for its nodes: these are replaced, all else stays. */
async function getsOtherNodes(stack: AccountStack): Promise<void> {
  const { account } = stack;
  const idsOf = (...kinds: readonly string[]) => kinds.map((kind) => account.all(kind).map(({ id }) => id));
  const lasting = () => idsOf("Cluster", "ServiceMesh", "LoadBalancer", "Key", "Vpc", "VSwitch", "SecurityGroup");
  const [before, objects, [old]] = [lasting(), await stack.objects(), idsOf("NodePool").flat()];
  account.meshVersions.push("v1.25.6.70-gaaa-aliyun");
  stack.write((config) => {
    promoted(config);
    config.setIn(["config", "mesh-lanes:cluster", "name"], "mesh-lanes-shop");
    config.setIn(["config", "mesh-lanes:mesh", "version"], "1.25.6.70");
  });
  // The preview comes before anything is made.
  const held = await stack.may(actionsOf("replace"), "up", "--yes");
  assert.notEqual(held.exitCode, 0);
  assert.match(held.stdout + held.stderr, /cluster-pool.*protect/s);
  assert.deepEqual(writesOf(held.calls), []);

  await stack.unprotect("cluster-pool");
  const { calls, stdout } = await ok(stack, "replace", "up", "--yes");
  assert.doesNotMatch(stdout, /^ *[-+~]+ +kubernetes:/m);
  assert.deepEqual(idsOf("Role", "Policy"), [["mesh-lanes-shop-nodes"], ["mesh-lanes-shop-nodes"]]);
  const [made, ...others] = idsOf("NodePool").flat();
  assert.ok(made !== undefined && made !== old && others.length === 0);
  const at = (action: string, pool: string | undefined) =>
    calls.findIndex((call) => call.action === action && call.parameters.NodepoolId === pool);
  // The provider looks at a pool when the task that makes it and its nodes is done.
  const [isThere, goes] = [at("cs:DescribeClusterNodePoolDetail", made), at("cs:DeleteClusterNodepool", old)];
  assert.ok(isThere >= 0 && goes > isThere, `made at ${isThere}, the old one deleted at ${goes}`);
  assert.deepEqual(lasting(), before);
  assert.deepEqual(await stack.objects(), objects);
  assert.ok(objects.size > 20, `${objects.size} objects`);
  await unchanged(stack, "replace");
}

async function isDestroyed(stack: AccountStack): Promise<void> {
  await ok(stack, "destroy", "destroy", "--yes", "--skip-preview", "--run-program");
  assert.deepEqual(stack.has, {});
  assert.deepEqual(await stack.state(), []);
  // On a cluster that is not of the machine namespaces stay (docs/what-it-touches.md); in an account they go with cluster and mesh.
  assert.deepEqual(await stack.namespaces(), ["shop", "shop"]);
}

/** What there is of a stack in so many zones. */
const everything = (zones: number) => ({
  ...{ Cluster: 1, LoadBalancer: 1, NatGateway: 1, NodePool: 1, Policy: 1, Role: 1, SecurityGroup: 1, ServiceMesh: 1 },
  ...{ VSwitch: 2 * zones, Vpc: 1 },
});

/*
 * Production and staging from nothing to the end, by the code of terraform-provider-alicloud: a stand-in answers for the account, two
 * API servers with nothing behind them for the cluster and for the mesh. Each phase has the policy that docs/alibaba.md gives for it.
 */

describe("prod in an account", () => {
  let stack: AccountStack;

  before(async () => {
    stack = await AccountStack.make("prod", "e2e-life-of-prod");
  });
  after(() => stack?.remove());

  it("is made from nothing in one update, but for the certificate: nobody can have installed cert-manager", async () => {
    await stack.withoutCertManager();
    const { stdout, stderr } = await ok(stack, "first", ...up);
    assert.match(
      stdout + stderr,
      /tls shop-tls: the cluster has no cert-manager\. .* install cert-manager and the issuer/,
    );
    assert.deepEqual(stack.has, { ...everything(3), Key: 1 });
    const made = await stack.state();
    assert.deepEqual(
      made.filter((urn) => urn.includes("::Certificate")),
      [],
    );
    assert.ok(made.some((urn) => urn.includes(":IstioGateway")) && made.some((urn) => urn.includes(":Deployment")));
  });

  it("says what is missing before the next update, and asks for the certificate when it is there", async () => {
    const { exitCode, stdout, stderr } = await stack.may(actionsOf("promote"), "preview");
    assert.notEqual(exitCode, 0);
    assert.match(stdout + stderr, /tls shop-tls: cert-manager is not in the cluster/);
    await stack.withCertManager();
    const { calls, stdout: said } = await ok(stack, "promote", ...up);
    assert.deepEqual(writesOf(calls), []);
    assert.match(said, /\+ 1 created\n/);
    await unchanged(stack, "first");
  });

  it("is promoted with the policy of a promotion, which writes nothing in the account", async () => {
    stack.write(promoted);
    const { calls } = await ok(stack, "promote", ...up);
    assert.deepEqual(writesOf(calls), []);
    await unchanged(stack, "promote");
  });

  it("is refreshed without a difference", async () => {
    const refresh = ["refresh", "--yes", "--skip-preview", "--run-program", "--expect-no-changes"];
    const { calls } = await ok(stack, "change", ...refresh);
    assert.deepEqual(writesOf(calls), []);
  });

  it("goes on with another access key, and says what to do while it has the old one", async () => {
    stack.account.keys = new Set(["renewed"]);
    const { exitCode, stdout, stderr } = await stack.may(actionsOf("promote"), "preview");
    assert.notEqual(exitCode, 0);
    const [advice] = adviceOn(stdout + stderr);
    assert.equal(advice?.got, "InvalidAccessKeyId.NotFound");
    stack.key = "renewed";
    await unchanged(stack, "promote");
  });

  it("takes another kubeconfig of the cluster for the same cluster", async () => {
    stack.renewKubeconfig();
    const { calls, stdout } = await ok(stack, "promote", ...up);
    assert.deepEqual(writesOf(calls), []);
    assert.doesNotMatch(stdout, /\b(replaced|deleted|created)\b/);
    await unchanged(stack, "promote");
  });

  it("gets other nodes, once Pulumi may take the old ones, in an update that upgrades the mesh too", () =>
    getsOtherNodes(stack));

  it("is destroyed to the last thing", async () => {
    stack.write((config) => {
      config.setIn(["config", "mesh-lanes:cluster", "name"], "mesh-lanes-shop");
      config.setIn(["config", "mesh-lanes:mesh", "version"], "1.25.6.70");
      config.setIn(["config", "mesh-lanes:cluster", "ack", "deletionProtection"], false);
    });
    await ok(stack, "destroy", ...up);
    await isDestroyed(stack);
  });
});

describe("staging in an account", () => {
  let stack: AccountStack;

  before(async () => {
    stack = await AccountStack.make("staging", "e2e-life-of-staging");
  });
  after(() => stack?.remove());

  it("is made from nothing, whole where something has installed cert-manager meanwhile", async () => {
    const { stdout } = await ok(stack, "first", ...up);
    assert.doesNotMatch(stdout, /no cert-manager/);
    assert.deepEqual(stack.has, everything(2));
    await unchanged(stack, "first");
  });

  it("is promoted with the policy of a promotion, which writes nothing in the account", async () => {
    stack.write(promoted);
    const { calls } = await ok(stack, "promote", ...up);
    assert.deepEqual(writesOf(calls), []);
    await unchanged(stack, "promote");
  });

  it("gets a later version of the mesh, in place", () => getsALaterMesh(stack));

  it("is destroyed to the last thing", () => isDestroyed(stack));

  it("uses a cluster, a mesh and a load balancer of others by nothing but looks at the cluster, and leaves them", async () => {
    const kubeconfig = stack.servers.mesh.kubeconfigFile;
    const { id, switchId } = stack.clusterOfOthers();
    stack.write((config) => {
      const set = (path: readonly string[], value: unknown) => config.setIn(["config", ...path], value);
      const ack = { region: "cn-hangzhou" };
      set(["mesh-lanes:cluster"], { kind: "ack", name: "mesh-lanes-others", id, ack });
      const version = config.getIn(["config", "mesh-lanes:mesh", "version"]);
      set(["mesh-lanes:mesh"], { kind: "asm", version, kubeconfig, context: "others", asm: { settleSeconds: 1 } });
      set(["mesh-lanes:gateway", "loadBalancer"], { id: "lb-others", address: "203.0.113.7" });
    });
    const { has } = stack;
    await ok(stack, "existing", ...up);
    // A new mesh would be put there.
    assert.deepEqual((await stack.outputsOf("cluster-control-plane")).vswitchIds, [switchId]);
    await unchanged(stack, "existing");
    await ok(stack, "existing", "destroy", "--yes", "--skip-preview", "--run-program");
    assert.deepEqual(await stack.state(), []);
    assert.deepEqual(stack.has, has);
  });
});

describe("the calls in an account, by phase", () => {
  it("are those that the policies in docs/alibaba.md are made of, no more and no fewer", () => recorded.compare());
});
