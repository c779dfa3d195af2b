import * as pulumi from "@pulumi/pulumi";
import { looksWhenDeleted } from "../cluster/disposable";
import { type ProcessProviderSpec, processInputs } from "../cluster/process-provider";
import type { ProcessProvider, ProcessResourceOptions } from "../cluster/process-resource";

/** Keeps a control plane that proxies use: by whom that is found out. */
export interface ControlPlaneGuard {
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

const spec: ProcessProviderSpec = {
  noun: "controlplane",
  // Another kubeconfig is an update: whoever deletes it has what the state has, and no program.
  inputs: ["kind", "name", "namespace", "revision", "kubeconfig"],
  // Each revision is a resource of its own.
  replaceOn: [],
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
    super(looksWhenDeleted, name, processInputs(spec, name, inputs), opts);
  }
}
