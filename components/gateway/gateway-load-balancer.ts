import { ApplicationLoadBalancer } from "@pulumi/alicloud/slb/applicationLoadBalancer";
import * as pulumi from "@pulumi/pulumi";
import { inAccount } from "../alibaba/server-fields";
import { childOptions } from "../child-options";
import type { AsmLoadBalancer } from "./asm-load-balancer";

export interface GatewayLoadBalancerArgs {
  /** Unique in the account. */
  readonly loadBalancerName: pulumi.Input<string>;
  /** Refuse deletion, in Pulumi and of the instance. @default true */
  readonly deletionProtection?: boolean;
}

/**
 * A Classic Load Balancer (CLB) of Alibaba Cloud with a public address, for a gateway. The program makes it, not the cluster: so
 * its address is known before the gateway runs, and stays when the gateway or the cluster is recreated.
 */
export class GatewayLoadBalancer extends pulumi.ComponentResource implements AsmLoadBalancer {
  public readonly id: pulumi.Output<string>;
  public readonly address: pulumi.Output<string>;
  /** It has no listeners but those of its gateway. */
  public readonly overrideListeners = true;

  public constructor(name: string, args: GatewayLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:GatewayLoadBalancer", name, {}, opts);
    const protect = args.deletionProtection ?? true;
    const instanceArgs = {
      loadBalancerName: args.loadBalancerName,
      addressType: "internet",
      paymentType: "PayAsYouGo",
      instanceChargeType: "PayByCLCU",
      internetChargeType: "PayByTraffic",
      deleteProtection: protect ? "on" : "off",
    };
    const child = { ...childOptions(this, name, "alicloud", opts), protect };
    const instance = new ApplicationLoadBalancer(
      `${name}-clb`,
      instanceArgs,
      inAccount("ApplicationLoadBalancer", instanceArgs, child),
    );
    this.id = instance.id;
    this.address = instance.address;
    this.registerOutputs({ id: this.id, address: this.address });
  }
}
