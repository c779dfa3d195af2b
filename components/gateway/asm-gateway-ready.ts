import * as pulumi from "@pulumi/pulumi";
import { type ProcessProviderSpec, processProviderText } from "../cluster/process-provider";
import type { ProcessResourceOptions } from "../cluster/process-resource";

const readySpec: ProcessProviderSpec = {
  noun: "gateway",
  inputs: ["kind", "name", "gateway", "replicas", "ports", "kubeconfig"],
  renewed: ["kubeconfig"],
  replaceOn: ["gateway"],
  watched: false,
};

export interface AsmGatewayReadyArgs {
  /** Admin kubeconfig of the cluster that the pods run in, a secret. */
  readonly kubeconfig: pulumi.Input<string>;
  /** Value of the pods' label `istio`. */
  readonly gateway: string;
  readonly replicas: pulumi.Input<number>;
  /** Ports that the load balancer must have. */
  readonly ports: readonly number[];
}

/** Done when the gateway's pods are Ready and its load balancer has an address and the ports. It makes nothing. */
export class AsmGatewayReady extends pulumi.CustomResource {
  public constructor(name: string, args: AsmGatewayReadyArgs, opts: ProcessResourceOptions) {
    super(
      "pulumi-nodejs:dynamic:AsmGatewayReady",
      name,
      {
        ...args,
        kubeconfig: pulumi.secret(args.kubeconfig),
        kind: "gateway",
        name,
        __provider: processProviderText(readySpec),
      },
      opts,
    );
  }
}
