import assert from "node:assert/strict";
import { Provider } from "@pulumi/alicloud/provider";
import * as pulumi from "@pulumi/pulumi";
import { ProcessProvider } from "../../../../components/cluster/process-resource";
import { laneGroupSchema } from "../../../../components/lanes/spec";
import { AsmMesh, type AsmMeshArgs } from "../../../../components/mesh/asm";
import { ExistingAsmMesh } from "../../../../components/mesh/existing-asm";
import { ackKubeconfig, alibabaAnswers, meshKubeconfig, offeredAsmVersion } from "../../alibaba-answers";
import { outputValue, type PulumiMocks, type RecordedResource, settled, startPulumiMocks } from "../../pulumi-mocks";
import { s4Input } from "../lanes/fixtures";

const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

const needs = ({ dependencies }: RecordedResource) => dependencies.map((urn) => urn.split("::").at(-1));

describe("AsmMesh", () => {
  let mocks: PulumiMocks;
  /** Versions of the instances of that name. */
  let running: string[];

  beforeEach(async () => {
    running = [];
    mocks = await startPulumiMocks({
      ...alibabaAnswers,
      call: (args) =>
        args.token.endsWith(":getServiceMeshes")
          ? { meshes: running.map((version) => ({ version })) }
          : alibabaAnswers.call(args),
    });
  });

  async function make(args: Partial<AsmMeshArgs> = {}): Promise<AsmMesh> {
    const alicloud = new Provider("account", { region: "cn-hangzhou" });
    const ids = { clusterId: "c1", clusterKubeconfig: ackKubeconfig, vpcId: "vpc-1", switchId: "vsw-1" };
    const mesh = new AsmMesh(
      "mesh",
      { meshName: "lanes", version: "1.24.6.64", ...ids, ...args },
      { providers: [alicloud, new ProcessProvider("processes")] },
    );
    await outputValue(mesh.kubeconfig);
    await settled(mesh, mesh.controlPlane, mesh.provider);
    return mesh;
  }

  it("makes an instance that is private, with access logs, without tracing", async () => {
    await make();
    assert.deepEqual(mocks.named("mesh-instance").inputs, {
      serviceMeshName: "lanes",
      edition: "Pro",
      clusterSpec: "enterprise",
      version: offeredAsmVersion,
      network: { vpcId: "vpc-1", vswitcheList: "vsw-1" },
      loadBalancer: { apiServerPublicEip: false },
      meshConfig: {
        accessLog: { enabled: true, gatewayEnabled: false, sidecarEnabled: false },
        tracing: false,
      },
    });
  });

  it("takes the cluster in as a thing of its own, which goes before the instance", async () => {
    await make();
    const member = mocks.named("mesh-membership");
    const { meshId, clusterId } = member.inputs;
    assert.deepEqual({ meshId, clusterId }, { meshId: "mesh-instance-id", clusterId: "c1" });
    assert.ok(needs(member).includes("mesh-instance"));
    // Nor does an instance that took its cluster in by itself give it away when it is next updated.
    assert.ok(mocks.named("mesh-instance").ignoreChanges.includes("clusterIds"));
  });

  it("is looked for after it was deleted: what it depends on is deleted after it", async () => {
    await make();
    const gone = mocks.named("mesh-gone");
    assert.deepEqual([gone.inputs.meshName, gone.inputs.vpcId], ["lanes", "vpc-1"]);
    assert.ok(needs(mocks.named("mesh-instance")).includes("mesh-gone"));
    assert.deepEqual(
      needs(gone).filter((name) => name?.startsWith("mesh")),
      [],
    );
  });

  it("is ready when its injector is in the cluster, not when the instance runs", async () => {
    const mesh = await make();
    assert.match(await outputValue(mesh.controlPlane.urn), /::mesh-data-plane$/);
    const wait = mocks.named("mesh-data-plane");
    assert.ok(needs(wait).includes("mesh-membership"));
    assert.deepEqual(wait.inputs.labels, { "istio-injection": "enabled" });
    assert.deepEqual(wait.inputs.kubeconfig, secret(ackKubeconfig));
  });

  it("is deleted before another takes its cluster, and may take more than ten minutes", async () => {
    await make();
    const { deleteBeforeReplace, createTimeout } = mocks.named("mesh-instance");
    assert.deepEqual({ deleteBeforeReplace, createTimeout }, { deleteBeforeReplace: true, createTimeout: "30m" });
  });

  for (const [title, version, versions, expected] of [
    ["keeps a version that is no longer offered", "1.20.8.129", ["v1.20.8.129-g1-aliyun"], "v1.20.8.129-g1-aliyun"],
    ["does not take back an upgrade", "1.24.6.64", ["v1.25.0.1-g2-aliyun"], "v1.25.0.1-g2-aliyun"],
    ["upgrades an older one", "1.24.6.64", ["v1.22.6.20-gabc-aliyun"], offeredAsmVersion],
    ["leaves out of account what two instances have", "1.24.6.64", ["v1.25.0.1", "v1.26.0.1"], offeredAsmVersion],
  ] as const) {
    it(title, async () => {
      running = [...versions];
      await make({ version });
      assert.equal(mocks.named("mesh-instance").inputs.version, expected);
    });
  }

  it("collects access logs and traces where that is asked for", async () => {
    await make({ accessLogProject: "logs", traceSampling: 5 });
    assert.deepEqual(mocks.named("mesh-instance").inputs.meshConfig, {
      accessLog: { enabled: true, gatewayEnabled: true, sidecarEnabled: true, project: "logs" },
      tracing: true,
      pilot: { traceSampling: 5 },
    });
  });

  it("leads to its own API server by a secret", async () => {
    const mesh = await make();
    assert.ok(await pulumi.isSecret(mesh.kubeconfig));
    assert.deepEqual(mocks.named("mesh-api-server").inputs, {
      kubeconfig: secret(meshKubeconfig),
      clusterIdentifier: "mesh-instance-id",
      enableServerSideApply: "true",
      enableSecretMutable: "true",
      deleteUnreachable: "false",
    });
  });

  it("takes a full version as it is, so that an instance outlives its version's offer", async () => {
    await make({ version: "v1.20.8.129-g0123abc-aliyun" });
    assert.equal(mocks.named("mesh-instance").inputs.version, "v1.20.8.129-g0123abc-aliyun");
  });

  it("grants each user a role", async () => {
    await make({
      users: [
        { id: "20", role: "istio-ops" },
        { id: "30", role: "istio-readonly", ramRole: true },
      ],
    });
    const grant = { serviceMeshId: "mesh-instance-id", roleType: "custom", isCustom: true };
    assert.deepEqual(
      mocks.ofType("alicloud:servicemesh/userPermission:UserPermission").map(({ inputs }) => inputs),
      [
        { subAccountUserId: "20", permissions: [{ ...grant, roleName: "istio-ops", isRamRole: false }] },
        { subAccountUserId: "30", permissions: [{ ...grant, roleName: "istio-readonly", isRamRole: true }] },
      ],
    );
  });

  it("fails with lane groups that it cannot carry, before anything is made", async () => {
    const groups = [laneGroupSchema.parse(s4Input)];
    await assert.rejects(make({ groups, version: "1.20.8.129" }), {
      name: "UserError",
      message: /laneGroups\[0\]\.traceHeader.*lane group shop propagates baggage, ASM is 1\.20\.8\.129/s,
    });
    await assert.rejects(make({ groups, edition: "standard" }), /the edition of ASM is standard/);
    assert.deepEqual(
      mocks.resources.filter(({ type }) => type.startsWith("alicloud:")),
      [],
    );
  });
});

describe("ExistingAsmMesh", () => {
  it("makes nothing but a provider of the mesh's API server", async () => {
    const mocks = await startPulumiMocks();
    const mesh = new ExistingAsmMesh("mesh", { kubeconfig: meshKubeconfig });
    await settled(mesh, mesh.provider);
    assert.deepEqual(
      mocks.resources.map(({ type }) => type),
      ["mesh-lanes:index:ExistingAsmMesh", "pulumi:providers:kubernetes"],
    );
    assert.deepEqual(mocks.named("mesh-api-server").inputs.kubeconfig, secret(meshKubeconfig));
  });
});
