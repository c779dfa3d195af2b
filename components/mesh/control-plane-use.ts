import * as pulumi from "@pulumi/pulumi";
import { type ProcessProviderSpec, processInputs } from "../cluster/process-provider";
import type { ProcessProvider, ProcessResourceOptions } from "../cluster/process-resource";

/** Who looks whether proxies use a control plane. */
export interface ControlPlaneUsers {
  /** Provider of the processes that look: `processes` of the cluster. */
  readonly processes: ProcessProvider;
  /** Kubeconfig of the cluster where the control plane runs. */
  readonly kubeconfig: pulumi.Input<string>;
}

export interface ControlPlaneUseArgs {
  /** Namespace of the control plane. */
  readonly namespace: string;
  /** Its revision; `default` where it has none. */
  readonly revision: string;
  /** Admin kubeconfig, a secret. */
  readonly kubeconfig: pulumi.Input<string>;
}

/** Its type, for those who have to say with what it goes. */
export const controlPlaneUseType = "pulumi-nodejs:dynamic:ControlPlaneUse";

const spec: ProcessProviderSpec = {
  noun: "controlplane",
  // Another kubeconfig is an update: whoever deletes it has what the state has, and no program.
  inputs: ["kind", "name", "namespace", "revision", "kubeconfig"],
  replaceOn: ["namespace", "revision"],
  watched: false,
  removed: true,
};

/**
 * Makes nothing. It depends on a control plane, so it is deleted before that, and this fails while a proxy is connected to it: pods
 * without their control plane keep the routes that they have, and hear of no change.
 */
export class ControlPlaneUse extends pulumi.CustomResource {
  public constructor(name: string, args: ControlPlaneUseArgs, opts: ProcessResourceOptions) {
    const inputs = { ...args, kubeconfig: pulumi.secret(args.kubeconfig) };
    super(controlPlaneUseType, name, processInputs(spec, name, inputs), opts);
  }
}
