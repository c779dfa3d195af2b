import assert from "node:assert/strict";
import { join as joinPath } from "node:path";
import { lookUps, resourceActions } from "../../../../components/alibaba/actions";
import { actionsOf, type Phase, phases, ramPolicy, recordedCalls } from "../../../../components/alibaba/policies";
import { loadStackConfig, readStackConfigFile } from "../../../../config/read";
import { createStack } from "../../../../stacks/stack";
import { apiCaller, serviceMeshApi } from "../../../../tools/alibaba/api";
import { meshGone } from "../../../../tools/alibaba/mesh-gone";
import { join, leave } from "../../../../tools/alibaba/mesh-membership";
import { projectRoot } from "../../../../tools/paths";
import { alibabaAnswers } from "../../alibaba-answers";
import { startPulumiMocks } from "../../pulumi-mocks";
import { accountEnvironment } from "../../stacks/account-environment";
import { runProgram } from "../../stacks/run-stack";
import { StandIn } from "../../tools/alibaba/stand-in";

/** Types of resources in an account and functions that a stack of this repository uses. */
async function usedBy(stack: string): Promise<{ types: string[]; functions: string[] }> {
  const functions: string[] = [];
  const mocks = await startPulumiMocks({
    ...alibabaAnswers,
    call: (args) => {
      functions.push(args.token);
      return alibabaAnswers.call(args);
    },
  });
  const { values } = readStackConfigFile(joinPath(projectRoot, `Pulumi.${stack}.yaml`));
  await runProgram(() => createStack(loadStackConfig({ values, encrypted: new Set() }), accountEnvironment));
  const types = mocks.resources
    .map(({ type }) => type)
    .filter((type) => /^alicloud:|:Asm(Membership|MeshGone)$/.test(type));
  return { types, functions };
}

describe("RAM policies", () => {
  for (const stack of ["prod", "staging"]) {
    it(`know every resource and every look-up of ${stack}`, async () => {
      const { types, functions } = await usedBy(stack);
      assert.ok(types.length >= 15 && functions.length >= 2);
      assert.deepEqual(
        types.filter((type) => !(type in resourceActions)),
        [],
      );
      assert.deepEqual(
        functions.filter((token) => token.startsWith("alicloud:") && !(token in lookUps)),
        [],
      );
    });
  }

  it("are made of recorded calls, each of which the provider's source has for what is done then", () => {
    const of = (...names: readonly ("create" | "read" | "change" | "remove")[]) =>
      Object.values(resourceActions).flatMap((resource) => names.flatMap((name) => resource[name]));
    const looked = Object.values(lookUps).flatMap(({ actions }) => actions);
    const known = {
      first: [...of("create", "read", "change"), ...looked],
      change: [...of("create", "read", "change"), ...looked],
      promote: looked,
      replace: [...of("create", "read", "change", "remove"), ...looked],
      destroy: [...of("read", "change", "remove"), ...looked],
      // Of one kind of resource alone, which is read.
      existing: [...(resourceActions["alicloud:cs/managedKubernetes:ManagedKubernetes"]?.read ?? []), ...looked],
    };
    for (const phase of phases) {
      assert.ok(recordedCalls[phase].length >= 3, `${phase} has no record`);
      assert.deepEqual(
        recordedCalls[phase].filter((action) => !known[phase].includes(action)),
        [],
        phase,
      );
      for (const action of recordedCalls[phase]) assert.ok(actionsOf(phase).includes(action));
    }
  });

  it("allow no more than was called, but for what a service asks for and what only some changes and deletes call", () => {
    const beyond = (phase: Phase) => actionsOf(phase).filter((action) => !recordedCalls[phase].includes(action));
    const asked = Object.values(resourceActions).flatMap((resource) => resource.asked?.actions ?? []);
    for (const phase of ["first", "replace"] as const) {
      assert.deepEqual(
        beyond(phase).filter((action) => !asked.includes(action)),
        [],
      );
    }
    assert.deepEqual([...beyond("promote"), ...beyond("existing")], []);
    const removes = Object.values(resourceActions).flatMap(({ remove }) => remove);
    assert.deepEqual(
      beyond("destroy").filter((action) => ![...removes, "servicemesh:DescribeVersions"].includes(action)),
      [],
    );
    for (const action of actionsOf("first")) assert.ok(actionsOf("change").includes(action), action);
  });

  it("name the source of each action", () => {
    for (const [name, { source }] of [...Object.entries(resourceActions), ...Object.entries(lookUps)]) {
      assert.match(source, /^((resource|data_source)_alicloud_\w+\.go|tools\/.*\.ts)$/, name);
    }
  });

  it("write nothing in the account for a promotion", () => {
    const actions = actionsOf("promote");
    assert.deepEqual(
      actions.filter((action) => !/^(cs|servicemesh):Describe/.test(action)),
      [],
    );
    assert.ok(actions.includes("cs:DescribeClusterUserKubeconfig"));
    assert.deepEqual(
      actionsOf("existing").filter((action) => !/:(Check|Describe|Get)/.test(action)),
      [],
    );
  });

  it("let nodes be replaced without a right to delete the cluster, the mesh, the network, or a load balancer", () => {
    const deletes = actionsOf("replace").filter((action) => /:(Delete|Remove|Revoke|Schedule|Detach)/.test(action));
    assert.deepEqual(deletes, [
      ...["cs:DeleteClusterNodepool", "ram:DeletePolicy", "ram:DeleteRole", "ram:DetachPolicyFromRole"],
    ]);
  });

  it("make nothing in the phase that destroys, and delete nothing in the one that makes", () => {
    const verbs = (phase: (typeof phases)[number], verb: RegExp) =>
      actionsOf(phase).filter((action) => verb.test(action));
    for (const phase of ["first", "change"] as const)
      assert.deepEqual(verbs(phase, /:(Delete(?!ClusterNodes)|Remove|Revoke|Schedule)/), []);
    assert.deepEqual(verbs("destroy", /:(Create|Add|Authorize|Upgrade)/), []);
  });

  it("let a destroy go on that ended after the mesh was gone: the program then asks for the versions of a new one", () => {
    for (const { actions } of Object.values(lookUps)) {
      for (const action of actions) assert.ok(actionsOf("destroy").includes(action), action);
    }
  });

  it("have no action that takes in others", () => {
    for (const phase of phases) {
      for (const action of actionsOf(phase)) assert.match(action, /^[a-z]+:[A-Z]\w+$/);
    }
  });

  it("keep to the roles of the stack", () => {
    const [others, roles] = ramPolicy(actionsOf("first")).Statement;
    assert.equal(others?.Resource, "*");
    assert.ok(!others?.Action.some((action) => action.startsWith("ram:")));
    assert.deepEqual(roles?.Resource, ["acs:ram:*:*:role/mesh-lanes-*", "acs:ram:*:*:policy/mesh-lanes-*"]);
    assert.equal(ramPolicy(actionsOf("promote")).Statement.length, 1);
  });

  it("have every call that this project makes itself", async () => {
    let clusters: string[] = [];
    const standIn = await StandIn.start((action, form) => {
      const id = form.get("ClusterId") ?? "";
      if (action === "AddClusterIntoServiceMesh") clusters = [id];
      if (action === "RemoveClusterFromServiceMesh") clusters = [];
      return { ServiceMesh: { Clusters: clusters, ServiceMeshInfo: { State: "running" } } };
    });
    try {
      const pace = { withinMs: 2000, everyMs: 1 };
      const key = async () => ({ id: "key", secret: "secret" });
      const call = apiCaller(serviceMeshApi, key, { env: standIn.environment, pace });
      await join(call, { meshId: "m1", clusterId: "c1" }, pace);
      await leave(call, { meshId: "m1", clusterId: "c1" }, pace);
      const called = [...new Set(standIn.calls.map((text) => `servicemesh:${text.split(" ")[0]}`))].sort();
      // Asked only where the cluster is refused.
      called.push("servicemesh:DescribeServiceMeshes");
      const { create = [], remove = [] } = resourceActions["pulumi-nodejs:dynamic:AsmMembership"] ?? {};
      assert.deepEqual(called.sort(), [...new Set([...create, ...remove])].sort());
      standIn.calls.length = 0;
      await meshGone(call, { meshName: "lanes", vpcId: "vpc-1" }, pace);
      const looked = resourceActions["pulumi-nodejs:dynamic:AsmMeshGone"]?.remove;
      assert.deepEqual(
        standIn.calls.map((name) => `servicemesh:${name}`),
        looked,
      );
    } finally {
      await standIn.stop();
    }
  });
});
