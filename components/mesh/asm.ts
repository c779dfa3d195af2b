import { getServiceMeshesOutput } from "@pulumi/alicloud/servicemesh/getServiceMeshes";
import { getVersionsOutput } from "@pulumi/alicloud/servicemesh/getVersions";
import { ServiceMesh } from "@pulumi/alicloud/servicemesh/serviceMesh";
import { UserPermission } from "@pulumi/alicloud/servicemesh/userPermission";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../tools/user-error";
import { inAccount } from "../alibaba/server-fields";
import { type AsmEdition, type AsmRole, editionCodes } from "../alibaba/values";
import { after, childOptions, providerOf } from "../child-options";
import { clusterProvider } from "../cluster/cluster";
import { checkAsmSupport } from "../lanes/asm/support";
import type { LaneGroup } from "../lanes/spec";
import { AsmDataPlane, AsmMembership, AsmMeshGone } from "./asm-membership";
import { isSameVersion, offeredVersion, runningVersion } from "./asm-version";
import type { Mesh } from "./mesh";

/** Someone who may use the mesh. */
export interface AsmUser {
  /** Id of a user or a role of Resource Access Management (RAM). */
  readonly id: string;
  /** What he may do in the mesh: `istio-admin`, `istio-ops` or `istio-readonly`. */
  readonly role: AsmRole;
  /** Whether the id is that of a role. @default false */
  readonly ramRole?: boolean;
}

export interface AsmMeshArgs {
  /** Name of the instance. */
  readonly meshName: string;
  /**
   * Such as `1.24.6.64`, which is looked up among the versions that the region offers for new instances, or in full, such
   * as `v1.24.6.64-g0c0a6a39-aliyun`. A higher one upgrades the instance; one that is lower than what the instance has by now
   * leaves it as it is, and says so.
   */
  readonly version: string;
  /** Edition of the instance: lanes need `enterprise` or `ultimate`. @default "enterprise" */
  readonly edition?: AsmEdition;
  /** Id of the managed Kubernetes cluster (ACK) that the mesh takes in, known when its nodes are there. */
  readonly clusterId: pulumi.Input<string>;
  /** Admin kubeconfig of that cluster: there the mesh's sidecar injector is waited for. */
  readonly clusterKubeconfig: pulumi.Input<string>;
  /** The VPC of the cluster. */
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
  /**
   * Project of the log service (SLS) that collects the access logs of gateways and sidecars.
   * @default none: they go to stdout only
   */
  readonly accessLogProject?: pulumi.Input<string>;
  /** Percent of the requests that are traced, 0 to 100. @default 0: no tracing */
  readonly traceSampling?: number;
  /** Refuse deletion in Pulumi. @default true */
  readonly deletionProtection?: boolean;
}

/**
 * A new instance of Alibaba Cloud Service Mesh (ASM) with one cluster in it. Its API server has an address in the virtual private
 * cloud (VPC) only.
 *
 * It needs two providers in its options: that of the account and region of the cluster, and `cluster.processes`, which takes the
 * cluster into the mesh and out of it.
 *
 * @example new AsmMesh("mesh", args, { providers: [cluster.alicloud, cluster.processes] });
 *
 * @throws UserError when the edition or the version cannot carry the lane groups.
 */
export class AsmMesh extends pulumi.ComponentResource implements Mesh {
  public readonly kind = "asm";
  public readonly provider: Provider;
  public readonly injectionLabel = { "istio-injection": "enabled" };
  /** The instance itself. */
  public readonly instance: ServiceMesh;
  /** The mesh runs, the cluster is in it, and pods that start in the cluster get sidecars. */
  public readonly controlPlane: pulumi.Resource;
  /** Kubeconfig of the mesh's own API server, a secret. Its address is in the VPC. */
  public readonly kubeconfig: pulumi.Output<string>;

  public constructor(name: string, args: AsmMeshArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseUnfit(args);
    super("mesh-lanes:index:AsmMesh", name, {}, opts);
    const child = childOptions(this, name, "alicloud", opts);
    const { edition = "enterprise" } = args;

    const instanceArgs = {
      serviceMeshName: args.meshName,
      edition: editionCodes[edition],
      clusterSpec: edition,
      version: this.fullVersion(args, edition, child.provider),
      network: { vpcId: args.vpcId, vswitcheList: args.switchId },
      loadBalancer: { apiServerPublicEip: false },
      meshConfig: meshConfig(args),
    };
    const gone = new AsmMeshGone(
      `${name}-gone`,
      { meshName: args.meshName, vpcId: args.vpcId },
      { ...child, provider: providerOf(this, name, "pulumi-nodejs") },
    );
    this.instance = new ServiceMesh(
      `${name}-instance`,
      instanceArgs,
      inAccount("ServiceMesh", instanceArgs, {
        ...after(child, [gone]),
        protect: args.deletionProtection ?? true,
        additionalSecretOutputs: ["kubeconfig"],
        // A cluster is in one mesh at a time, so there cannot be two of them for a while.
        deleteBeforeReplace: true,
        // The provider gives 10 minutes to make one, which some need.
        customTimeouts: { create: "30m", update: "30m", delete: "30m" },
      }),
    );
    this.controlPlane = this.takeIn(name, args, opts);
    for (const { id, role, ramRole = false } of args.users ?? []) {
      new UserPermission(
        `${name}-user-${id}`,
        {
          subAccountUserId: id,
          permissions: [
            {
              serviceMeshId: this.instance.id,
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

    this.kubeconfig = pulumi.secret(this.instance.kubeconfig);
    this.provider = clusterProvider(
      `${name}-api-server`,
      { kubeconfig: this.kubeconfig, identity: this.instance.id, disposable: false },
      this,
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }

  /** Takes the cluster into the mesh, and waits until the mesh has reached it. */
  private takeIn(name: string, args: AsmMeshArgs, opts: pulumi.ComponentResourceOptions | undefined): pulumi.Resource {
    const own = { ...childOptions(this, name, "alicloud", opts), provider: providerOf(this, name, "pulumi-nodejs") };
    const { clusterId, deletionProtection: protect = true, clusterKubeconfig: kubeconfig } = args;
    const membership = new AsmMembership(
      `${name}-membership`,
      { meshId: this.instance.id, clusterId },
      { ...own, dependsOn: [this.instance], protect },
    );
    return new AsmDataPlane(
      `${name}-data-plane`,
      { kubeconfig, labels: this.injectionLabel, membership: pulumi.interpolate`${this.instance.id}/${clusterId}` },
      { ...own, dependsOn: [membership] },
    );
  }

  /** An instance that runs is asked first: it may have a version that is no longer offered, or a later one. */
  private fullVersion(
    { version, meshName }: AsmMeshArgs,
    edition: AsmEdition,
    provider: pulumi.ProviderResource,
  ): pulumi.Output<string> {
    const options = { parent: this, provider };
    const nameRegex = `^${meshName.replace(/[^A-Za-z0-9_-]/g, "\\$&")}$`;
    return getServiceMeshesOutput({ nameRegex }, options).meshes.apply((meshes): pulumi.Output<string> => {
      const running = runningVersion(
        version,
        meshes.map((mesh) => mesh.version),
      );
      if (running !== undefined) {
        if (!isSameVersion(running, version)) warnOfUpgrade(meshName, version, running);
        return pulumi.output(running);
      }
      if (version.endsWith("-aliyun")) return pulumi.output(version);
      const { versions } = getVersionsOutput({ edition: editionCodes[edition] }, options);
      return versions.apply((offered) => offeredOrFail(version, offered));
    });
  }
}

function warnOfUpgrade(meshName: string, asked: string, running: string): void {
  void pulumi.log.warn(
    `ASM instance ${meshName} runs ${running}, and mesh.version is ${asked}: it was upgraded since, and stays as it is. ` +
      `Set mesh.version to ${running.replace(/^v|-.*$/g, "")}.`,
  );
}

function offeredOrFail(version: string, offered: readonly { readonly version: string }[]): string {
  const names = offered.map((each) => each.version);
  const found = offeredVersion(version, names);
  if (found !== undefined) return found;
  throw new pulumi.RunError(
    `mesh.version: ASM ${version} is not offered for new instances in this region; expected: ${names.join(", ")}. ` +
      "Name one of these, or, for an instance that runs already, its version in full.",
  );
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
