import { NodePool, type NodePoolArgs } from "@pulumi/alicloud/cs/nodePool";
import * as pulumi from "@pulumi/pulumi";
import { inAccount } from "../alibaba/server-fields";
import { nodeDisk } from "../alibaba/values";
import type { ChildOptions } from "../child-options";
import { shortHash } from "../names";

export interface AckNodePoolArgs {
  readonly clusterName: string;
  readonly clusterId: pulumi.Output<string>;
  /** ECS instance types of the nodes, the preferred one first. */
  readonly nodeTypes: readonly pulumi.Input<string>[];
  readonly minNodes: number;
  /** More than `minNodes`: ACK adds nodes when pods wait for room. */
  readonly maxNodes: number;
  /** vSwitches of nodes. */
  readonly switchIds: readonly pulumi.Output<string>[];
  readonly securityGroupId: pulumi.Output<string>;
  /** Role of Resource Access Management that the nodes have. */
  readonly ramRoleName: pulumi.Output<string>;
}

/** The nodes of a cluster: one managed pool over all zones. */
export function ackNodePool(
  name: string,
  args: AckNodePoolArgs,
  options: ChildOptions & { readonly protect: boolean },
): NodePool {
  const poolArgs = nodePool(args);
  return new NodePool(name, poolArgs, {
    ...inAccount("NodePool", poolArgs, options),
    // The new nodes come before the old ones go, also where the provider would have it the other way.
    deleteBeforeReplace: false,
  });
}

function nodePool({ clusterName, clusterId, nodeTypes, minNodes, maxNodes, ...args }: AckNodePoolArgs) {
  // A change of any of these replaces the pool (ForceNew); a test compares them with the provider's schema.
  const replacing = {
    clusterId,
    securityGroupIds: [args.securityGroupId],
    ramRoleName: args.ramRoleName,
    // Only signed requests: a pod that can be made to send requests does not get the role of the node.
    instanceMetadataOptions: { httpTokens: "required" },
  };
  return {
    ...replacing,
    nodePoolName: poolName(clusterName, replacing),
    vswitchIds: [...args.switchIds],
    instanceTypes: [...nodeTypes],
    imageType: "AliyunLinux3ContainerOptimized",
    systemDiskCategory: nodeDisk.category,
    systemDiskSize: nodeDisk.size,
    systemDiskEncrypted: true,
    installCloudMonitor: true,
    multiAzPolicy: "BALANCE",
    management: { enable: true, autoRepair: true, autoUpgrade: true, autoVulFix: true, maxUnavailable: 1 },
    ...(maxNodes > minNodes
      ? { scalingConfig: { enable: true, minSize: minNodes, maxSize: maxNodes, type: "cpu" } }
      : { desiredSize: String(minNodes) }),
  };
}

/**
 * ACK refuses a second pool of a name (`ErrorNodePoolNameAlreadyExist`), and a pool that replaces another is there beside it for a
 * while: so the name changes with what replaces the pool. A change of the name alone is no replacement.
 */
function poolName(clusterName: string, replacing: Partial<NodePoolArgs>): pulumi.Output<string> {
  return pulumi.output(replacing).apply((values) => {
    const sorted = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
    return `${clusterName}-nodes-${shortHash(JSON.stringify(sorted))}`;
  });
}
