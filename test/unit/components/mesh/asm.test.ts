import assert from "node:assert/strict";
import { Provider } from "@pulumi/alicloud/provider";
import * as pulumi from "@pulumi/pulumi";
import { laneGroupSchema } from "../../../../components/lanes/spec";
import { AsmMesh, type AsmMeshArgs } from "../../../../components/mesh/asm";
import { ExistingAsmMesh } from "../../../../components/mesh/existing-asm";
import { alibabaAnswers, meshKubeconfig, offeredAsmVersion } from "../../alibaba-answers";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";
import { s4Input } from "../lanes/fixtures";

const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

describe("AsmMesh", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks(alibabaAnswers);
  });

  async function make(args: Partial<AsmMeshArgs> = {}): Promise<AsmMesh> {
    const alicloud = new Provider("account", { region: "cn-hangzhou" });
    const ids = { clusterId: "c1", vpcId: "vpc-1", switchId: "vsw-1" };
    const mesh = new AsmMesh(
      "mesh",
      { meshName: "lanes", version: "1.24.6.64", ...ids, ...args },
      { provider: alicloud },
    );
    await outputValue(mesh.kubeconfig);
    await settled(mesh, mesh.controlPlane, mesh.provider);
    return mesh;
  }

  it("makes an instance with the cluster in it, private, with access logs, without tracing", async () => {
    await make();
    assert.deepEqual(mocks.named("mesh-instance").inputs, {
      serviceMeshName: "lanes",
      edition: "Pro",
      clusterSpec: "enterprise",
      version: offeredAsmVersion,
      clusterIds: ["c1"],
      network: { vpcId: "vpc-1", vswitcheList: "vsw-1" },
      loadBalancer: { apiServerPublicEip: false },
      meshConfig: {
        accessLog: { enabled: true, gatewayEnabled: false, sidecarEnabled: false },
        tracing: false,
      },
    });
  });

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
