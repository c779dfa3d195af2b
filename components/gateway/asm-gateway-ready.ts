import * as pulumi from "@pulumi/pulumi";
import { type ProcessProviderSpec, processInputs } from "../cluster/process-provider";
import type { ProcessResourceOptions } from "../cluster/process-resource";

const readySpec: ProcessProviderSpec = {
  noun: "gateway",
  inputs: ["kind", "name", "gateway", "replicas", "ports", "loadBalancerClass", "kubeconfig"],
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
  /** Class of its load balancer: another one has another address. @default that of the cluster */
  readonly loadBalancerClass?: string;
}

/** Done when the gateway's pods are Ready and its load balancer has an address and the ports. It makes nothing. */
export class AsmGatewayReady extends pulumi.CustomResource {
  /** Address or host name of the load balancer; undefined where whoever runs this may not look. */
  declare public readonly address: pulumi.Output<string | undefined>;

  public constructor(name: string, args: AsmGatewayReadyArgs, opts: ProcessResourceOptions) {
    const inputs = { ...args, kubeconfig: pulumi.secret(args.kubeconfig), address: undefined };
    super("pulumi-nodejs:dynamic:AsmGatewayReady", name, processInputs(readySpec, name, inputs), opts);
  }
}
