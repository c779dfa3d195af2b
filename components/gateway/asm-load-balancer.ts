import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../tools/user-error";

/** A Classic Load Balancer (CLB) that exists before the gateway, so that its address stays when the gateway is recreated. */
export interface AsmLoadBalancer {
  /** Classic Load Balancer. @default "clb" */
  readonly kind?: "clb";
  /** Id of the instance, such as `lb-bp1****`. */
  readonly id: pulumi.Input<string>;
  /** Address, or a host name that leads there. */
  readonly address: pulumi.Input<string>;
  /**
   * Whether listeners of the gateway's ports are the cluster's to write. Those that somebody else has there would be overwritten.
   * @default false: listeners stay as they are, and whoever runs the instance adds those of the gateway
   */
  readonly overrideListeners?: boolean;
}

/**
 * A new Network Load Balancer (NLB). The cluster makes it of the gateway's Service, and deletes it with that: its host name is known
 * when the gateway runs. It needs ASM 1.18, Kubernetes 1.24 and version 2.5.0 of the cloud controller manager of the managed
 * Kubernetes cluster (ACK).
 */
export interface AsmNetworkLoadBalancer {
  /** Network Load Balancer. */
  readonly kind: "nlb";
  /** Zone -> id of a vSwitch in it, in the virtual private cloud (VPC) of the cluster. At least two. */
  readonly zones: Readonly<Record<string, pulumi.Input<string>>>;
  /** By which it is found in the account. @default one that the cluster chooses */
  readonly loadBalancerName?: pulumi.Input<string>;
}

/** Seconds, the most that CLB and NLB take: they close TCP connections, WebSockets too, in which nothing was sent for as long. */
const idleSeconds = "900";

/** What the gateway's Service says of it: fields of an IstioGateway. */
export function loadBalancerFields(given: AsmLoadBalancer | AsmNetworkLoadBalancer) {
  const annotation = (name: string) => `service.beta.kubernetes.io/alibaba-cloud-loadbalancer-${name}`;
  if (given.kind !== "nlb") {
    return {
      serviceAnnotations: {
        [annotation("id")]: given.id,
        // An instance that the cluster has not made keeps the listeners that it has otherwise: none, where this program made it.
        [annotation("force-override-listeners")]: String(given.overrideListeners ?? false),
        ...(given.overrideListeners && { [annotation("established-timeout")]: idleSeconds }),
      },
    };
  }
  return {
    loadBalancerClass: networkLoadBalancerClass,
    serviceAnnotations: {
      [annotation("zone-maps")]: zoneMaps(given.zones),
      [annotation("address-type")]: "internet",
      [annotation("idle-timeout")]: idleSeconds,
      ...(given.loadBalancerName !== undefined && { [annotation("name")]: given.loadBalancerName }),
    },
  };
}

/** "Associate an NLB instance with an ingress gateway" of ASM's documentation. */
export const networkLoadBalancerClass = "alibabacloud.com/nlb";

/** @throws UserError when it has fewer than two zones: NLB takes no less. */
export function refuseZones(name: string, given: AsmLoadBalancer | AsmNetworkLoadBalancer): void {
  if (given.kind !== "nlb") return;
  const zones = Object.keys(given.zones);
  if (zones.length >= 2) return;
  throw new UserError(`The gateway ${name} cannot have an NLB instance.`, [
    {
      path: "loadBalancer.zones",
      got: `got ${zones.join(", ") || "no zone"}`,
      expected: "vSwitches in two zones or more",
      fix: "Name a vSwitch in another zone of the cluster's VPC, or take a CLB instance.",
    },
  ]);
}

/** `zone:vSwitch,zone:vSwitch`, in the order of the zones' names. */
function zoneMaps(zones: AsmNetworkLoadBalancer["zones"]): pulumi.Output<string> {
  const named = Object.entries(zones).sort(([one], [other]) => (one < other ? -1 : 1));
  return pulumi
    .output(named.map(([, id]) => id))
    .apply((ids) => named.map(([zone], at) => `${zone}:${ids[at]}`).join(","));
}
