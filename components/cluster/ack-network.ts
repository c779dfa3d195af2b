import { SecurityGroup } from "@pulumi/alicloud/ecs/securityGroup";
import { SecurityGroupRule } from "@pulumi/alicloud/ecs/securityGroupRule";
import { Network } from "@pulumi/alicloud/vpc/network";
import { Switch } from "@pulumi/alicloud/vpc/switch";
import * as pulumi from "@pulumi/pulumi";
import { inAccount } from "../alibaba/server-fields";
import { childOptions } from "../child-options";

export interface AckNetworkArgs {
  /** A private network of 16 bits, such as `10.0.0.0/16`. */
  readonly cidr: string;
  readonly zones: AckZones;
  /** Refuse to delete it, in Pulumi. */
  readonly protect: boolean;
}

/** Addresses of one zone. */
export interface ZoneBlocks {
  /** For nodes and load balancers: 256 addresses, of which the account keeps four. */
  readonly nodes: string;
  /** For pods, which have addresses of the VPC of their own (Terway): 4,096. */
  readonly pods: string;
}

/** Last letters of zones that have addresses. No region has a zone of a later one. */
const letters = "abcdefghijklmno";

export function hasBlocks(zone: string): boolean {
  return letters.includes(zone.slice(-1)) && zone !== "";
}

/**
 * The part of a zone in a network of 16 bits. It follows from the zone's letter alone, so no other zone that comes or goes moves it,
 * and those of two zones never overlap: what is made before something else is deleted would be refused by the account otherwise.
 * The first sixteenth of the network is for the nodes of all zones, each other one for the pods of a zone.
 *
 * @param zone of {@link hasBlocks}.
 */
export function zoneBlocks(cidr: string, zone: string): ZoneBlocks {
  const prefix = cidr.split(".").slice(0, 2).join(".");
  const index = letters.indexOf(zone.slice(-1)) + 1;
  return { nodes: `${prefix}.${index}.0/24`, pods: `${prefix}.${index * 16}.0/20` };
}

/** One to three zones of the region. */
export type AckZones = readonly [string, ...string[]];

/**
 * A VPC with a vSwitch for nodes and one for pods in each zone, and a security group that lets in what comes from the VPC
 * and nothing else.
 */
export class AckNetwork extends pulumi.ComponentResource {
  public readonly vpcId: pulumi.Output<string>;
  /** vSwitches of nodes, in the order of the zones. */
  public readonly nodeSwitchIds: readonly [pulumi.Output<string>, ...pulumi.Output<string>[]];
  /** vSwitches of pods, in the order of the zones. */
  public readonly podSwitchIds: readonly pulumi.Output<string>[];
  public readonly securityGroupId: pulumi.Output<string>;

  public constructor(name: string, args: AckNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:AckNetwork", name, {}, opts);
    const child = { ...childOptions(this, name, "alicloud", opts), protect: args.protect };

    const vpcArgs = { vpcName: name, cidrBlock: args.cidr };
    const vpc = new Network(`${name}-vpc`, vpcArgs, inAccount("Network", vpcArgs, child));
    const vswitch = (purpose: keyof ZoneBlocks, zoneId: string) => {
      const vswitchName = `${name}-${purpose}-${zoneId}`;
      const switchArgs = { vswitchName, vpcId: vpc.id, zoneId, cidrBlock: zoneBlocks(args.cidr, zoneId)[purpose] };
      return new Switch(vswitchName, switchArgs, inAccount("Switch", switchArgs, child)).id;
    };
    const [first, ...others] = args.zones;
    this.vpcId = vpc.id;
    this.nodeSwitchIds = [vswitch("nodes", first), ...others.map((zone) => vswitch("nodes", zone))];
    this.podSwitchIds = args.zones.map((zone) => vswitch("pods", zone));

    // The basic type holds 2,000 addresses, and pods have one each.
    const groupArgs = { securityGroupName: `${name}-nodes`, securityGroupType: "enterprise", vpcId: vpc.id };
    const group = new SecurityGroup(`${name}-nodes`, groupArgs, inAccount("SecurityGroup", groupArgs, child));
    const rule = (direction: "ingress" | "egress", cidrIp: string, description: string) => {
      const ruleArgs = {
        securityGroupId: group.id,
        type: direction,
        ipProtocol: "all",
        portRange: "-1/-1",
        nicType: "intranet",
        policy: "accept",
        cidrIp,
        description,
      };
      return new SecurityGroupRule(`${name}-${direction}`, ruleArgs, inAccount("SecurityGroupRule", ruleArgs, child));
    };
    rule("ingress", args.cidr, "nodes, pods, control plane and load balancers of the VPC");
    rule("egress", "0.0.0.0/0", "images, and the APIs of Alibaba Cloud");
    this.securityGroupId = group.id;
    this.registerOutputs({ vpcId: this.vpcId, securityGroupId: this.securityGroupId });
  }
}
