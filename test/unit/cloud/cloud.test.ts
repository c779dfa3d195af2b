import assert from "node:assert/strict";
import { lookUps, resourceActions } from "../../../components/alibaba/actions";
import { actionsOf } from "../../../components/alibaba/policies";
import { apiCaller, serviceMeshApi } from "../../../tools/alibaba/api";
import { findingActions } from "../../../tools/alibaba/find-made";
import { meshGone } from "../../../tools/alibaba/mesh-gone";
import { join, leave } from "../../../tools/alibaba/mesh-membership";
import { createAuthority, issueCertificate } from "../../../tools/embedded/pki";
import { knownActions, StandInCloud } from "../../cloud/server";
import { type Answer, CloudClient } from "./client";

describe("the stand-in for an account", () => {
  let cloud: StandInCloud;
  let client: CloudClient;

  beforeEach(async () => {
    cloud = await StandInCloud.start();
    client = new CloudClient(cloud);
  });
  afterEach(() => cloud.stop());

  const ok = (answer: Answer): Answer["body"] => {
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const refused = ({ status, body }: Answer) => [status, body.Code ?? body.code];
  const text = (body: Answer["body"], key: string) => String(body[key]);

  /** A VPC that is ready. */
  async function vpc(): Promise<string> {
    const id = text(ok(await client.rpc("vpc", "CreateVpc", { CidrBlock: "10.0.0.0/16", VpcName: "lanes" })), "VpcId");
    for (let look = 0; look < 2; look += 1) await client.rpc("vpc", "DescribeVpcAttribute", { VpcId: id });
    return id;
  }
  const vswitch = async (VpcId: string, CidrBlock = "10.0.0.0/22") =>
    text(ok(await client.rpc("vpc", "CreateVSwitch", { VpcId, CidrBlock, ZoneId: "z" })), "VSwitchId");
  /** Asks for a task until it has ended. */
  async function taskEnd(id: string): Promise<Answer["body"]> {
    for (let look = 0; look < 9; look += 1) {
      const body = ok(await client.roa("GET", `/tasks/${id}`));
      if (body.state !== "running") return body;
    }
    return assert.fail(`task ${id} does not end`);
  }
  async function cluster(switchId: string, more: object = {}): Promise<string> {
    const args = { name: "lanes", vswitch_ids: [switchId], cluster_spec: "ack.pro.small", ...more };
    const body = ok(await client.roa("POST", "/clusters", args));
    assert.equal((await taskEnd(text(body, "task_id"))).state, "success");
    return text(body, "cluster_id");
  }
  async function mesh(VpcId: string, switchId: string): Promise<string> {
    const args = { Name: "lanes", VpcId, VSwitches: JSON.stringify([switchId]) };
    const id = text(ok(await client.rpc("servicemesh", "CreateServiceMesh", args)), "ServiceMeshId");
    for (let look = 0; look < 2; look += 1) {
      await client.rpc("servicemesh", "DescribeServiceMeshDetail", { ServiceMeshId: id });
    }
    return id;
  }

  it("knows every call that a stack's resources and `lanes up` make, and no other", () => {
    const table = new Set([
      ...Object.values(resourceActions).flatMap(({ create, read, change, remove }) => [
        ...[...create, ...read, ...change, ...remove],
      ]),
      ...Object.values(lookUps).flatMap(({ actions }) => actions),
      ...findingActions,
    ]);
    assert.deepEqual([...knownActions].sort(), [...table].sort());
  });

  it("refuses a call that is not signed, one that it does not know, and one without what it needs", async () => {
    const unsigned = await fetch(`${cloud.url}/?Action=CreateVpc&Version=2016-04-28`);
    assert.equal(((await unsigned.json()) as { Code: string }).Code, "IncompleteSignature");
    assert.deepEqual(refused(await client.rpc("vpc", "CreateIpv6Gateway")), [404, "InvalidAction.NotFound"]);
    assert.deepEqual(refused(await client.roa("GET", "/moon")), [404, "InvalidAction.NotFound"]);
    assert.deepEqual(refused(await client.rpc("vpc", "CreateVpc")), [400, "MissingParameter.CidrBlock"]);
  });

  it("takes the older RPC style too: action and signature in the query", async () => {
    const query = "Action=CreateVpc&Version=2016-04-28&Signature=s&CidrBlock=10.0.0.0/16";
    const answer = await fetch(`${cloud.url}/?${query}`);
    assert.match(String(((await answer.json()) as { VpcId: string }).VpcId), /^vpc-/);
  });

  it("logs every call, with what was sent and how it ended", async () => {
    await client.rpc("vpc", "DeleteVpc", { VpcId: "vpc-9" });
    await client.rpc("vpc", "CreateIpv6Gateway");
    await client.roa("GET", "/moon");
    assert.deepEqual(cloud.account.calls, [
      { action: "vpc:DeleteVpc", parameters: { VpcId: "vpc-9" }, refused: "InvalidVpcId.NotFound" },
      { action: "vpc:CreateIpv6Gateway", parameters: {}, refused: "InvalidAction.NotFound" },
      { action: "GET /moon", parameters: {}, refused: "InvalidAction.NotFound" },
    ]);
  });

  it("makes a VPC in its own time, and fills in what nobody sent", async () => {
    const created = ok(await client.rpc("vpc", "CreateVpc", { CidrBlock: "10.0.0.0/16" }));
    const VpcId = text(created, "VpcId");
    assert.deepEqual(
      refused(await client.rpc("vpc", "CreateVSwitch", { VpcId, CidrBlock: "10.0.0.0/22", ZoneId: "z" })),
      [400, "IncorrectVpcStatus"],
    );
    const look = async () => ok(await client.rpc("vpc", "DescribeVpcAttribute", { VpcId }));
    assert.equal((await look()).Status, "Pending");
    await look();
    const { Status, ClassicLinkEnabled, Description } = await look();
    assert.deepEqual([Status, ClassicLinkEnabled, Description], ["Available", false, ""]);
  });

  it("refuses blocks that overlap or lie outside, and a VPC that is in use", async () => {
    const VpcId = await vpc();
    const VSwitchId = await vswitch(VpcId);
    const add = (CidrBlock: string) => client.rpc("vpc", "CreateVSwitch", { VpcId, CidrBlock, ZoneId: "z" });
    assert.deepEqual(refused(await add("10.0.1.0/24")), [400, "InvalidCidrBlock.Overlapped"]);
    assert.deepEqual(refused(await add("10.1.0.0/24")), [400, "InvalidCidrBlock.NotInVpc"]);
    assert.deepEqual(refused(await client.rpc("vpc", "DeleteVpc", { VpcId })), [400, "DependencyViolation.VSwitch"]);
    ok(await client.rpc("vpc", "DeleteVSwitch", { VSwitchId }));
    ok(await client.rpc("vpc", "DeleteVpc", { VpcId }));
    assert.deepEqual(cloud.account.all(), []);
  });

  it("keeps the rules of a security group", async () => {
    const VpcId = await vpc();
    const SecurityGroupId = text(ok(await client.rpc("ecs", "CreateSecurityGroup", { VpcId })), "SecurityGroupId");
    const rule = { SecurityGroupId, IpProtocol: "all", PortRange: "-1/-1", SourceCidrIp: "10.0.0.0/16" };
    for (let twice = 0; twice < 2; twice += 1) ok(await client.rpc("ecs", "AuthorizeSecurityGroup", rule));
    const { Permissions } = ok(await client.rpc("ecs", "DescribeSecurityGroupAttribute", { SecurityGroupId }));
    assert.equal((Permissions as { Permission: unknown[] }).Permission.length, 1);
    ok(await client.rpc("ecs", "RevokeSecurityGroup", rule));
    // As the provider sends it: a list. It finds a rule again by its priority.
    const listed = {
      "Permissions.1.IpProtocol": "all",
      "Permissions.1.PortRange": "-1/-1",
      "Permissions.1.DestCidrIp": "0.0.0.0/0",
    };
    ok(await client.rpc("ecs", "AuthorizeSecurityGroupEgress", { SecurityGroupId, ...listed }));
    const egress = async (Direction: string) => {
      const found = ok(await client.rpc("ecs", "DescribeSecurityGroupAttribute", { SecurityGroupId, Direction }));
      return (found.Permissions as { Permission: { Priority: string }[] }).Permission.map(({ Priority }) => Priority);
    };
    assert.deepEqual([await egress("egress"), await egress("ingress")], [["1"], []]);
    ok(await client.rpc("ecs", "RevokeSecurityGroupEgress", { SecurityGroupId, ...listed }));
    assert.deepEqual(refused(await client.rpc("ecs", "ModifySecurityGroupRule", rule)), [
      404,
      "InvalidSecurityGroupRule.RuleNotExist",
    ]);
  });

  it("makes a cluster by a task, and tells of a pool for which there is no stock", async () => {
    const id = await cluster(await vswitch(await vpc()), { snat_entry: true });
    const { state, timezone } = ok(await client.roa("GET", `/clusters/${id}`));
    assert.deepEqual([state, timezone], ["running", "Asia/Shanghai"]);
    assert.equal(cloud.account.all("NatGateway").length, 1);
    cloud.account.stock = new Set(["ecs.g6.xlarge"]);
    const pool = (name: string, ...instance_types: string[]) =>
      client.roa("POST", `/clusters/${id}/nodepools`, { nodepool_info: { name }, scaling_group: { instance_types } });
    const end = async (answer: Answer) => taskEnd(text(ok(answer), "task_id"));
    assert.equal((await end(await pool("one", "ecs.g7.xlarge", "ecs.g6.xlarge"))).state, "success");
    const failed = await end(await pool("two", "ecs.g8.xlarge"));
    assert.deepEqual(
      [failed.state, failed.error],
      ["fail", { code: "OperationDenied.NoStock", message: "words of the server" }],
    );
    assert.deepEqual(refused(await pool("one", "ecs.g6.xlarge")), [409, "ErrorNodePoolNameAlreadyExist"]);
  });

  it("ends a list of nodes with a page that is not full, and says how large a page is", async () => {
    const id = await cluster(await vswitch(await vpc()));
    for (const name of ["one", "two"]) {
      const pool = { nodepool_info: { name }, scaling_group: { desired_size: 3, instance_types: ["ecs.g7.xlarge"] } };
      await taskEnd(text(ok(await client.roa("POST", `/clusters/${id}/nodepools`, pool)), "task_id"));
    }
    const read: unknown[] = [];
    let pages = 0;
    for (;;) {
      pages += 1;
      const answer = ok(await client.roa("GET", `/clusters/${id}/nodes?pageNumber=${pages}&pageSize=4`));
      const { nodes, page } = answer as { nodes: { instance_id: string }[]; page: Record<string, number> };
      assert.deepEqual(page, { page_number: pages, page_size: 4, total_count: 6 });
      read.push(...nodes.map(({ instance_id }) => instance_id));
      // As the provider does it: data_source_alicloud_cs_managed_kubernetes_clusters.go.
      if (nodes.length < (page.page_size ?? 0)) break;
    }
    assert.deepEqual([pages, new Set(read).size], [2, 6]);
  });

  it("gives a cluster another name, as the provider asks for it", async () => {
    const id = await cluster(await vswitch(await vpc()));
    await taskEnd(text(ok(await client.roa("PUT", `/api/v2/clusters/${id}`, { cluster_name: "other" })), "task_id"));
    assert.equal(ok(await client.roa("GET", `/clusters/${id}`)).name, "other");
  });

  it("deletes no cluster that is protected or in a mesh, and with one what belongs to it", async () => {
    const VpcId = await vpc();
    const switchId = await vswitch(VpcId);
    const id = await cluster(switchId, { deletion_protection: true, snat_entry: true });
    const remove = () => client.roa("DELETE", `/clusters/${id}`);
    assert.deepEqual(refused(await remove()), [400, "ErrorDeletionProtectionEnabled"]);
    ok(await client.roa("PUT", `/api/v2/clusters/${id}`, { deletion_protection: false }));
    assert.deepEqual(refused(await client.rpc("vpc", "DeleteVSwitch", { VSwitchId: switchId })), [
      400,
      "DependencyViolation",
    ]);
    await taskEnd(text(ok(await remove()), "task_id"));
    assert.deepEqual(refused(await client.roa("GET", `/clusters/${id}`)), [404, "ErrorClusterNotFound"]);
    assert.deepEqual(cloud.account.all("NatGateway"), []);
  });

  it("takes the cluster into a mesh and out by this project's own calls, and deletes no mesh before", async () => {
    const VpcId = await vpc();
    const switchId = await vswitch(VpcId);
    const [meshId, clusterId] = [await mesh(VpcId, switchId), await cluster(switchId)];
    const pace = { withinMs: 2000, everyMs: 1 };
    const key = async () => ({ id: "key", secret: "secret" });
    const call = apiCaller(serviceMeshApi, key, { env: cloud.environment, pace });
    await join(call, { meshId, clusterId }, pace);
    const remove = () => client.rpc("servicemesh", "DeleteServiceMesh", { ServiceMeshId: meshId, Force: "true" });
    assert.deepEqual(refused(await remove()), [403, "ErrorPermitted.ClustersNotEmpty"]);
    assert.deepEqual(refused(await client.roa("DELETE", `/clusters/${clusterId}`)), [
      400,
      "DependencyViolation.ServiceMesh",
    ]);
    await leave(call, { meshId, clusterId }, pace);
    ok(await remove());
  });

  it("lets this project find a mesh whose delete was forbidden, and tells when it is gone", async () => {
    const VpcId = await vpc();
    const meshId = await mesh(VpcId, await vswitch(VpcId));
    const pace = { withinMs: 2000, everyMs: 1 };
    const call = apiCaller(serviceMeshApi, async () => ({ id: "k", secret: "s" }), { env: cloud.environment, pace });
    const gone = () => meshGone(call, { meshName: "lanes", vpcId: VpcId }, pace);
    cloud.account.faults.push({ action: "servicemesh:DeleteServiceMesh", code: "StatusForbidden", status: 403 });
    const remove = () => client.rpc("servicemesh", "DeleteServiceMesh", { ServiceMeshId: meshId });
    // resource_alicloud_service_mesh_service_mesh.go takes this answer as "deleted".
    assert.deepEqual(refused(await remove()), [403, "StatusForbidden"]);
    await assert.rejects(gone(), new RegExp(`ASM instance ${meshId}: lanes is in the account`));
    ok(await remove());
    for (let look = 0; look < 2; look += 1) {
      await client.rpc("servicemesh", "DescribeServiceMeshDetail", { ServiceMeshId: meshId });
    }
    await gone();
  });

  it("has one mesh of a name, and a cluster in one mesh: the other is named", async () => {
    const VpcId = await vpc();
    const switchId = await vswitch(VpcId);
    const [meshId, clusterId] = [await mesh(VpcId, switchId), await cluster(switchId)];
    const args = { Name: "lanes", VpcId, VSwitches: JSON.stringify([switchId]) };
    const again = (Name: string) => client.rpc("servicemesh", "CreateServiceMesh", { ...args, Name });
    assert.deepEqual(refused(await again("lanes")), [400, "NameAlreadyExist"]);
    const otherId = text(ok(await again("other")), "ServiceMeshId");
    const pace = { withinMs: 2000, everyMs: 1 };
    const call = apiCaller(serviceMeshApi, async () => ({ id: "k", secret: "s" }), { env: cloud.environment, pace });
    await join(call, { meshId, clusterId }, pace);
    await assert.rejects(join(call, { meshId: otherId, clusterId }, pace), /it is in lanes \(m-\d+\)/);
  });

  it("keeps roles and policies apart until they are detached, and names taken", async () => {
    const role = { RoleName: "lanes", AssumeRolePolicyDocument: "{}" };
    const policy = { PolicyName: "lanes", PolicyDocument: "{}" };
    ok(await client.rpc("ram", "CreateRole", role));
    ok(await client.rpc("ram", "CreatePolicy", policy));
    ok(await client.rpc("ram", "AttachPolicyToRole", { ...role, ...policy, PolicyType: "Custom" }));
    assert.deepEqual(refused(await client.rpc("ram", "CreateRole", role)), [409, "EntityAlreadyExists.Role"]);
    assert.deepEqual(refused(await client.rpc("ram", "DeleteRole", role)), [409, "DeleteConflict.Role.Policy"]);
    ok(await client.rpc("ram", "DetachPolicyFromRole", { ...role, ...policy }));
    ok(await client.rpc("ram", "DeletePolicy", policy));
    ok(await client.rpc("ram", "DeleteRole", role));
    assert.deepEqual(cloud.account.all(), []);
  });

  it("answers a key's interval in seconds, whatever unit was sent, and keeps a protected key", async () => {
    assert.deepEqual(refused(await client.rpc("kms", "CreateKey", {})), [400, "MissingParameter.DKMSInstanceId"]);
    const args = { DKMSInstanceId: "kst-1", EnableAutomaticRotation: "true", RotationInterval: "365d" };
    const { KeyId } = ok(await client.rpc("kms", "CreateKey", args)).KeyMetadata as { KeyId: string };
    const { KeyMetadata } = ok(await client.rpc("kms", "DescribeKey", { KeyId }));
    assert.equal((KeyMetadata as { RotationInterval: string }).RotationInterval, "31536000s");
    ok(await client.rpc("kms", "SetDeletionProtection", { KeyId, EnableDeletionProtection: "true" }));
    const end = { KeyId, PendingWindowInDays: "30" };
    assert.deepEqual(refused(await client.rpc("kms", "ScheduleKeyDeletion", end)), [
      400,
      "Rejected.DeletionProtectionEnabled",
    ]);
  });

  it("deletes no load balancer that is protected", async () => {
    const { LoadBalancerId } = ok(await client.rpc("slb", "CreateLoadBalancer", { DeleteProtection: "on" }));
    const id = { LoadBalancerId: String(LoadBalancerId) };
    assert.deepEqual(refused(await client.rpc("slb", "DeleteLoadBalancer", id)), [
      400,
      "OperationDenied.DeleteProtectionIsOn",
    ]);
    ok(await client.rpc("slb", "SetLoadBalancerDeleteProtection", { ...id, DeleteProtection: "off" }));
    ok(await client.rpc("slb", "DeleteLoadBalancer", id));
  });

  it("refuses what a test plans, for as long as it plans, and what the account has no room for", async () => {
    cloud.account.faults.push({ action: "vpc:CreateVpc", code: "Throttling.User", times: 2 });
    const make = () => client.rpc("vpc", "CreateVpc", { CidrBlock: "10.0.0.0/16" });
    assert.deepEqual(refused(await make()), [400, "Throttling.User"]);
    assert.deepEqual(refused(await make()), [400, "Throttling.User"]);
    cloud.account.quotas.Vpc = 1;
    cloud.account.faults.push({ action: "vpc:CreateVpc", of: '"10.9.0.0/16"', code: "Zone.NotOnSale" });
    ok(await make());
    assert.deepEqual(refused(await make()), [400, "QuotaExceeded.Vpc"]);
    const other = await client.rpc("vpc", "CreateVpc", { CidrBlock: "10.9.0.0/16" });
    assert.deepEqual(refused(other), [400, "Zone.NotOnSale"]);
  });

  it("refuses an access key that is not valid, in either style, and takes the one that is", async () => {
    const both = () => Promise.all([client.rpc("vpc", "DescribeVpcs"), client.roa("GET", "/api/v1/clusters")]);
    cloud.account.keys = new Set(["renewed"]);
    const no = [404, "InvalidAccessKeyId.NotFound"];
    assert.deepEqual((await both()).map(refused), [no, no]);
    const older = await fetch(`${cloud.url}/?Action=DescribeVpcs&Version=2016-04-28&Signature=s&AccessKeyId=renewed`);
    assert.equal(older.status, 200);
    cloud.account.keys = new Set(["key"]);
    (await both()).map(ok);
  });

  it("reads back what was asked of a mesh, and what tracing brings along", async () => {
    const VpcId = await vpc();
    const switches = JSON.stringify([await vswitch(VpcId)]);
    const args = { Name: "lanes", VpcId, VSwitches: switches, Tracing: "true", TraceSampling: "5", Edition: "Pro" };
    const id = text(ok(await client.rpc("servicemesh", "CreateServiceMesh", args)), "ServiceMeshId");
    const detail = async () => {
      const { ServiceMesh } = ok(await client.rpc("servicemesh", "DescribeServiceMeshDetail", { ServiceMeshId: id }));
      const { Spec, ServiceMeshInfo: info } = ServiceMesh as Record<
        "Spec" | "ServiceMeshInfo",
        Record<string, unknown>
      >;
      const { Tracing, CustomizedZipkin, Pilot } = Spec.MeshConfig as Record<string, unknown>;
      return { Tracing, CustomizedZipkin, Pilot, Profile: info.Profile };
    };
    const Pilot = { Http10Enabled: true, TraceSampling: 5 };
    assert.deepEqual(await detail(), { Tracing: true, CustomizedZipkin: true, Pilot, Profile: "Pro" });
    await detail();
    ok(await client.rpc("servicemesh", "UpdateMeshFeature", { ServiceMeshId: id, TraceSampling: "7" }));
    for (let look = 0; look < 2; look += 1) await detail();
    assert.deepEqual((await detail()).Pilot, { ...Pilot, TraceSampling: 7 });
  });

  it("speaks HTTPS with a certificate, and then is found by host and port", async () => {
    const now = new Date();
    const request = { commonName: "cloud", usage: "server", addresses: ["127.0.0.1"] } as const;
    const secure = await StandInCloud.start(
      undefined,
      await issueCertificate(await createAuthority("cloud", now), request, now),
    );
    assert.match(secure.url, /^https:/);
    assert.match(secure.environment.ALIBABA_CLOUD_ENDPOINT_CS ?? "", /^127\.0\.0\.1:\d+$/);
    await secure.stop();
  });

  it("holds a caller to a policy: that of a promotion makes nothing", async () => {
    cloud.account.allowed = new Set(actionsOf("promote"));
    assert.deepEqual(refused(await client.rpc("vpc", "CreateVpc", { CidrBlock: "10.0.0.0/16" })), [
      403,
      "Forbidden.RAM",
    ]);
    ok(await client.rpc("servicemesh", "DescribeServiceMeshes"));
    cloud.account.allowed = new Set(actionsOf("first"));
    const id = await vpc();
    assert.deepEqual(refused(await client.rpc("vpc", "DeleteVpc", { VpcId: id })), [403, "Forbidden.RAM"]);
  });
});
