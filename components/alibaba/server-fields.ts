import type { CustomResourceOptions } from "@pulumi/pulumi";

/*
 * What the account fills in where a program says nothing, and a preview would take away again: fields that are optional, not
 * computed, and read back. Taken from the schemas of terraform-provider-alicloud 1.285.0; a test compares the two
 * (test/fixtures/alibaba/optional-fields.json).
 */

const noted = ["description", "tags"];

/** Type of a resource -> such fields. One that stands for a block is left out where the program sets a part of the block. */
export const serverFields = {
  ManagedKubernetes: [
    ...[
      "podCidr",
      "timezone",
      "customSan",
      "operationPolicy.clusterAutoUpgrade",
      "controlPlaneLogComponents",
      "autoMode",
    ],
  ],
  NodePool: [
    ...[
      "autoMode.enabled",
      "compensateWithOnDemand",
      "dataDisks",
      "deploymentSetId",
      "desiredSize",
      "instancePatterns",
    ],
    ...["internetChargeType", "internetMaxBandwidthOut", "keyName", "kubeletConfiguration", "labels", "loginAsNonRoot"],
    ...["onDemandBaseCapacity", "onDemandPercentageAboveBaseCapacity", "password", "preUserData", "privatePoolOptions"],
    ...["rdsInstances", "scalingConfig.minSize", "scalingConfig.type", "scalingConfig.eipBandwidth"],
    ...["scalingConfig.isBondEip", "scalingConfig.maxSize", "scalingConfig.eipInternetChargeType"],
    ...["securityHardeningOs", "socEnabled", "spotInstancePools", "spotInstanceRemedy", "spotPriceLimits"],
    ...["systemDiskBurstingEnabled", "systemDiskEncryptAlgorithm", "systemDiskKmsKey", "systemDiskProvisionedIops"],
    ...["systemDiskSnapshotPolicyId", "tags", "taints", "teeConfig.teeEnable", "unschedulable"],
  ],
  Key: ["deletionProtectionDescription", "tags"],
  ServiceMesh: [
    // Clusters come and go by `AsmMembership`.
    ...["clusterIds", "extraConfiguration.crAggregationEnabled", "loadBalancer.pilotPublicEipId", "tags"],
    ...["meshConfig.accessLog.project", "meshConfig.pilot", "meshConfig.pilot.http10Enabled", "meshConfig.opa"],
    ...["meshConfig.telemetry", "meshConfig.outboundTrafficPolicy", "meshConfig.sidecarInjector", "meshConfig.kiali"],
    ...["meshConfig.proxy", "meshConfig.enableLocalityLb", "meshConfig.controlPlaneLog", "meshConfig.customizedZipkin"],
  ],
  ApplicationLoadBalancer: ["tags"],
  Network: ["classicLinkEnabled", "systemRouteTableDescription", "systemRouteTableName", ...noted],
  Switch: noted,
  SecurityGroup: noted,
  SecurityGroupRule: ["sourceSecurityGroupId", "sourceGroupOwnerAccount"],
  Role: ["tags"],
  Policy: noted,
} as const;

/**
 * The fields of a type that these inputs leave to the account, for `ignoreChanges`. Of a block that is not set it is the whole
 * block: the engine refuses a path into a block that only the state has.
 */
export function leftToServer(type: keyof typeof serverFields, inputs: object): string[] {
  const unset = serverFields[type].flatMap((path) => {
    const parts = path.split(".");
    const length = parts.findIndex((_, index) => !isSet(inputs, parts.slice(0, index + 1)));
    return length < 0 ? [] : [parts.slice(0, length + 1).join(".")];
  });
  return [...new Set(unset)];
}

/** Options for a resource of an account with these inputs: what they leave to the account stays as it is. */
export function inAccount<Options extends CustomResourceOptions>(
  type: keyof typeof serverFields,
  inputs: object,
  options: Options,
): Options & Pick<CustomResourceOptions, "ignoreChanges"> {
  return { ...options, ignoreChanges: [...(options.ignoreChanges ?? []), ...leftToServer(type, inputs)] };
}

function isSet(inputs: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return inputs !== undefined;
  if (typeof inputs !== "object" || inputs === null) return false;
  return isSet(Object.entries(inputs).find(([name]) => name === key)?.[1], rest);
}
