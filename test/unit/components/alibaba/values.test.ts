import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ackSpecs, asmEditions, asmRoles, editionCodes } from "../../../../components/alibaba/values";
import { projectRoot } from "../../../../tools/paths";

/** Documentation of a property of an interface, as the installed @pulumi/alicloud has it. */
function documentation(file: string, owner: string, property: string): string {
  const text = readFileSync(join(projectRoot, "node_modules/@pulumi/alicloud", file), "utf8");
  const body = text.slice(text.indexOf(`interface ${owner} {`));
  const end = body.search(new RegExp(`\\n\\s+${property}\\??: `));
  assert.ok(end > 0, `${owner}.${property} is not in ${file}`);
  return body.slice(body.lastIndexOf("/**", end), end);
}

/** `* ack.standard : Basic`, `- Default: Standard Edition` */
const listed = (text: string) => [...text.matchAll(/^\s*\*\s+[*-] `?([\w.]+)`?\s*:/gm)].map((found) => found[1]);
/** `` `a`, `b` `` after "Valid values" or "Options" */
const quoted = (text: string) => [...text.matchAll(/`([\w./-]+)`/g)].map((found) => found[1]);

describe("values of Alibaba Cloud", () => {
  it("cluster specs are those that the documentation lists", () => {
    assert.deepEqual(listed(documentation("cs/managedKubernetes.d.ts", "ManagedKubernetesArgs", "clusterSpec")), [
      ...ackSpecs,
    ]);
  });

  it("edition codes are those that the documentation lists", () => {
    const known = listed(documentation("servicemesh/getVersions.d.ts", "GetVersionsArgs", "edition"));
    assert.deepEqual([...new Set(asmEditions.map((edition) => editionCodes[edition]))], known);
  });

  it("roles of a mesh are those that the documentation lists", () => {
    const text = documentation("types/input.d.ts", "UserPermissionPermission", "roleName");
    assert.deepEqual([...new Set(quoted(text))], [...asmRoles]);
  });

  /** A value that a component sets, and where its documentation is. */
  const uses: readonly (readonly [file: string, owner: string, property: string, value: string])[] = [
    ["cs/managedKubernetes.d.ts", "ManagedKubernetesArgs", "proxyMode", "iptables"],
    ["cs/nodePool.d.ts", "NodePoolArgs", "imageType", "AliyunLinux3ContainerOptimized"],
    ["cs/nodePool.d.ts", "NodePoolArgs", "systemDiskSize", "cloud_essd"],
    ["cs/nodePool.d.ts", "NodePoolArgs", "multiAzPolicy", "BALANCE"],
    ["types/input.d.ts", "NodePoolInstanceMetadataOptions", "httpTokens", "required"],
    ["types/input.d.ts", "NodePoolScalingConfig", "type", "cpu"],
    ["types/input.d.ts", "UserPermissionPermission", "roleType", "custom"],
    ["types/input.d.ts", "ManagedKubernetesAddon", "disabled", "terway-eniip"],
    ["types/input.d.ts", "ManagedKubernetesAddon", "disabled", "csi-plugin"],
    ["types/input.d.ts", "ManagedKubernetesAddon", "disabled", "csi-provisioner"],
    ["types/input.d.ts", "ManagedKubernetesAddon", "disabled", "nginx-ingress-controller"],
    ["kms/key.d.ts", "KeyArgs", "keySpec", "Aliyun_AES_256"],
    ["kms/key.d.ts", "KeyArgs", "automaticRotation", "Enabled"],
    ["kms/key.d.ts", "KeyArgs", "deletionProtection", "Disabled"],
    ["kms/key.d.ts", "KeyArgs", "rotationInterval", "365"],
    ["ecs/securityGroupRule.d.ts", "SecurityGroupRuleArgs", "ipProtocol", "all"],
    ["ecs/securityGroupRule.d.ts", "SecurityGroupRuleArgs", "nicType", "intranet"],
    ["ecs/securityGroupRule.d.ts", "SecurityGroupRuleArgs", "policy", "accept"],
    ["ecs/securityGroupRule.d.ts", "SecurityGroupRuleArgs", "portRange", "-1/-1"],
    ["ram/rolePolicyAttachment.d.ts", "RolePolicyAttachmentArgs", "policyType", "Custom"],
    ["slb/applicationLoadBalancer.d.ts", "ApplicationLoadBalancerArgs", "addressType", "internet"],
    ["slb/applicationLoadBalancer.d.ts", "ApplicationLoadBalancerArgs", "instanceChargeType", "PayByCLCU"],
    ["slb/applicationLoadBalancer.d.ts", "ApplicationLoadBalancerArgs", "internetChargeType", "PayByTraffic"],
    ["slb/applicationLoadBalancer.d.ts", "ApplicationLoadBalancerArgs", "paymentType", "PayAsYouGo"],
    ["slb/applicationLoadBalancer.d.ts", "ApplicationLoadBalancerArgs", "deleteProtection", "off"],
  ];
  for (const [file, owner, property, value] of uses) {
    it(`${owner}.${property} knows ${value}`, () => {
      const words = documentation(file, owner, property).split(/[^\w./-]+/);
      assert.ok(words.includes(value), `${value} is not in its documentation`);
    });
  }
});
