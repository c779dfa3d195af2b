import * as pulumi from "@pulumi/pulumi";
import { type ProcessProviderSpec, processProviderText } from "../cluster/process-provider";
import type { ProcessResourceOptions } from "../cluster/process-resource";

/** What a wait is made of, whichever provider makes it. */
export const proxySyncSpec: ProcessProviderSpec = {
  noun: "proxies",
  inputs: ["kind", "name", "group", "namespace", "blindSeconds", "fingerprint", "kubeconfig"],
  renewed: ["kubeconfig"],
  replaceOn: ["kind", "name"],
  watched: false,
};

export interface ProxySyncArgs {
  /** Names the wait: unique in the stack. */
  readonly name: string;
  /** Value of the label `mesh-lanes/group` of the objects that are waited for. */
  readonly group: string;
  /** Namespace of the control plane. */
  readonly namespace: string;
  /** Changes with the objects that are waited for: without a change there is nothing to wait for. */
  readonly fingerprint: string;
  /** Admin kubeconfig, a secret. @default none: the control plane cannot be asked, as that of a managed mesh */
  readonly kubeconfig?: pulumi.Input<string>;
  /** How long to wait where istiod cannot be asked, in seconds. @default 5 */
  readonly blindSeconds?: number;
}

/**
 * Done when istiod has read the objects of a lane group and the proxies have acknowledged what they were sent since: the
 * wait between two steps of a change. It makes nothing, and removing it does nothing.
 */
export class ProxySync extends pulumi.CustomResource {
  public constructor(resourceName: string, args: ProxySyncArgs, opts: ProcessResourceOptions) {
    super(
      "pulumi-nodejs:dynamic:ProxySync",
      resourceName,
      { ...proxySyncInputs(args), __provider: processProviderText(proxySyncSpec) },
      opts,
    );
  }
}

/** The inputs of a wait, whichever provider makes it. */
export function proxySyncInputs(args: ProxySyncArgs): pulumi.Inputs {
  return {
    ...args,
    kind: "proxies",
    blindSeconds: args.blindSeconds ?? 5,
    ...(args.kubeconfig !== undefined && { kubeconfig: pulumi.secret(args.kubeconfig) }),
  };
}
