import type { Provider as AlicloudProvider } from "@pulumi/alicloud/provider";
import { getVersionsOutput } from "@pulumi/alicloud/servicemesh/getVersions";
import { ServiceMesh } from "@pulumi/alicloud/servicemesh/serviceMesh";
import { UserPermission } from "@pulumi/alicloud/servicemesh/userPermission";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../tools/user-error";
import { type AsmEdition, type AsmRole, editionCodes } from "../alibaba/values";
import { clusterProvider } from "../cluster/cluster";
import { checkAsmSupport } from "../lanes/asm/support";
import type { LaneGroup } from "../lanes/spec";
import { offeredVersion } from "./asm-version";
import type { Mesh } from "./mesh";

/** Someone who may use the mesh. */
export interface AsmUser {
  /** Id of a RAM user or of a RAM role. */
  readonly id: string;
  readonly role: AsmRole;
  /** Whether the id is that of a role. @default false */
  readonly ramRole?: boolean;
}

export interface AsmMeshArgs {
  /** Provider of the account and region of the cluster. */
  readonly alicloud: AlicloudProvider;
  /** Name of the instance. */
  readonly meshName: string;
  /**
   * Such as `1.24.6.64`, which is looked up among the versions that the region offers for new instances, or in full, such
   * as `v1.24.6.64-g0c0a6a39-aliyun`. A higher one upgrades the instance.
   */
  readonly version: string;
  /** @default "enterprise" */
  readonly edition?: AsmEdition;
  /** Id of the ACK cluster that the mesh takes in, known when its nodes are there. */
  readonly clusterId: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  /** vSwitch that the mesh's load balancers are in. */
  readonly switchId: pulumi.Input<string>;
  /**
   * Lane groups that it is to carry. An instance that cannot is refused before anything is made.
   * @default none is checked
   */
  readonly groups?: readonly LaneGroup[];
  /** The list of a user is all that he may do in any mesh: grants made elsewhere for him are taken away. @default none */
  readonly users?: readonly AsmUser[];
  /** SLS project that collects the access logs of gateways and sidecars. @default none: they go to stdout only */
  readonly accessLogProject?: string;
  /** Percent of the requests that are traced, 0 to 100. @default 0: no tracing */
  readonly traceSampling?: number;
  /** Refuse deletion in Pulumi. @default true */
  readonly deletionProtection?: boolean;
}

/**
 * A new instance of Alibaba Cloud Service Mesh with one cluster in it. Its API server has an address in the VPC only.
 *
 * @throws UserError when the edition or the version cannot carry the lane groups.
 */
export class AsmMesh extends pulumi.ComponentResource implements Mesh {
  public readonly kind = "asm";
  public readonly provider: Provider;
  public readonly injectionLabel = { "istio-injection": "enabled" };
  public readonly controlPlane: ServiceMesh;
  /** Kubeconfig of the mesh's own API server, a secret. Its address is in the VPC. */
  public readonly kubeconfig: pulumi.Output<string>;

  public constructor(name: string, args: AsmMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseUnfit(args);
    super("mesh-lanes:index:AsmMesh", name, {}, opts);
    const child = { parent: this, provider: args.alicloud };
    const { edition = "enterprise" } = args;

    this.controlPlane = new ServiceMesh(
      `${name}-instance`,
      {
        serviceMeshName: args.meshName,
        edition: editionCodes[edition],
        clusterSpec: edition,
        version: this.fullVersion(args, edition),
        clusterIds: [args.clusterId],
        network: { vpcId: args.vpcId, vswitcheList: args.switchId },
        loadBalancer: { apiServerPublicEip: false },
        meshConfig: meshConfig(args),
      },
      { ...child, protect: args.deletionProtection ?? true, additionalSecretOutputs: ["kubeconfig"] },
    );
    for (const { id, role, ramRole = false } of args.users ?? []) {
      new UserPermission(
        `${name}-user-${id}`,
        {
          subAccountUserId: id,
          permissions: [
            {
              serviceMeshId: this.controlPlane.id,
              roleName: role,
              roleType: "custom",
              isCustom: true,
              isRamRole: ramRole,
            },
          ],
        },
        child,
      );
    }

    this.kubeconfig = pulumi.secret(this.controlPlane.kubeconfig);
    this.provider = clusterProvider(
      `${name}-api-server`,
      { kubeconfig: this.kubeconfig, identity: this.controlPlane.id, disposable: false },
      this,
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  private fullVersion({ alicloud, version }: AsmMeshArgs, edition: AsmEdition): pulumi.Input<string> {
    if (version.endsWith("-aliyun")) return version;
    const { versions } = getVersionsOutput({ edition: editionCodes[edition] }, { parent: this, provider: alicloud });
    return versions.apply((offered) => {
      const names = offered.map((each) => each.version);
      const found = offeredVersion(version, names);
      if (found !== undefined) return found;
      throw new pulumi.RunError(
        `mesh.version: ASM ${version} is not offered for new instances in this region; expected: ${names.join(", ")}. ` +
          "Name one of these, or, for an instance that runs already, its version in full.",
      );
    });
  }
}

function refuseUnfit({ groups = [], version, edition = "enterprise" }: AsmMeshArgs): void {
  const problems = checkAsmSupport(groups, { version, edition });
  if (problems.length > 0) throw new UserError("The ASM instance cannot carry the lane groups.", problems);
}

function meshConfig({ accessLogProject, traceSampling = 0 }: AsmMeshArgs) {
  const collected = accessLogProject !== undefined;
  return {
    accessLog: {
      enabled: true,
      gatewayEnabled: collected,
      sidecarEnabled: collected,
      ...(collected && { project: accessLogProject }),
    },
    tracing: traceSampling > 0,
    ...(traceSampling > 0 && { pilot: { traceSampling } }),
  };
}
