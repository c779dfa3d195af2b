import * as pulumi from "@pulumi/pulumi";
import { type ProcessProviderSpec, processInputs } from "../cluster/process-provider";
import type { ProcessResourceOptions } from "../cluster/process-resource";

const membershipSpec: ProcessProviderSpec = {
  noun: "membership",
  inputs: ["kind", "name", "meshId", "clusterId"],
  replaceOn: ["meshId", "clusterId"],
  watched: false,
  removed: true,
};

export interface AsmMembershipArgs {
  /** Id of the ASM instance. */
  readonly meshId: pulumi.Input<string>;
  /** Id of the ACK cluster, known when its nodes are there. A cluster is in one mesh at a time. */
  readonly clusterId: pulumi.Input<string>;
}

/**
 * An ACK cluster in an ASM instance, as a thing of its own: an instance cannot be deleted while a cluster is in it, and the
 * provider's `ServiceMesh` does not take its clusters out before (terraform-provider-alicloud#5259). So this goes first, after
 * what the mesh runs in the cluster, and before the instance.
 *
 * It needs the credential of the account in the environment of the process, in any of the ways that the provider takes.
 */
export class AsmMembership extends pulumi.CustomResource {
  public constructor(name: string, args: AsmMembershipArgs, opts: ProcessResourceOptions) {
    super("pulumi-nodejs:dynamic:AsmMembership", name, processInputs(membershipSpec, name, args), opts);
  }
}

const goneSpec: ProcessProviderSpec = {
  noun: "meshgone",
  inputs: ["kind", "name", "meshName", "vpcId"],
  replaceOn: [],
  watched: false,
  removed: true,
};

export interface AsmMeshGoneArgs {
  /** Name of the ASM instance. */
  readonly meshName: pulumi.Input<string>;
  /** Id of its VPC: instances of other regions may have the same name. */
  readonly vpcId: pulumi.Input<string>;
}

/**
 * Makes nothing. The instance depends on it, so it is deleted after the instance, and that fails while the account still has it:
 * the provider takes a delete that is forbidden as done, and a read that is as "gone".
 *
 * It needs the credential of the account in the environment of the process, as `AsmMembership` does.
 */
export class AsmMeshGone extends pulumi.CustomResource {
  public constructor(name: string, args: AsmMeshGoneArgs, opts: ProcessResourceOptions) {
    super("pulumi-nodejs:dynamic:AsmMeshGone", name, processInputs(goneSpec, name, args), opts);
  }
}

const dataPlaneSpec: ProcessProviderSpec = {
  noun: "dataplane",
  inputs: ["kind", "name", "membership", "labels", "kubeconfig"],
  renewed: ["kubeconfig"],
  replaceOn: ["membership"],
  watched: false,
};

export interface AsmDataPlaneArgs {
  /** Admin kubeconfig of the cluster, a secret. */
  readonly kubeconfig: pulumi.Input<string>;
  /** Labels of a namespace whose pods get sidecars. */
  readonly labels: Readonly<Record<string, string>>;
  /** Changes when the cluster is taken into a mesh again, and only then. */
  readonly membership: pulumi.Input<string>;
}

/** Done when the mesh has brought its namespace and its sidecar injector to the cluster. It makes nothing. */
export class AsmDataPlane extends pulumi.CustomResource {
  public constructor(name: string, args: AsmDataPlaneArgs, opts: ProcessResourceOptions) {
    const inputs = { ...args, kubeconfig: pulumi.secret(args.kubeconfig) };
    super("pulumi-nodejs:dynamic:AsmDataPlane", name, processInputs(dataPlaneSpec, name, inputs), opts);
  }
}
