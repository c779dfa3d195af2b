/*
 * What each resource of an account asks of its APIs: the one place from which the RAM policies in docs/alibaba.md come. Calls are
 * those of the provider's source, terraform-provider-alicloud 1.285.0, for the fields that stacks set; the file is named beside
 * each. RAM names an action as the API does, after the product: `vpc:CreateVpc`.
 */

/** Calls of one resource, by what is done to it. */
export interface ResourceActions {
  /** File of the provider below `alicloud/`, or of this project, that has the calls. */
  readonly source: string;
  readonly create: readonly string[];
  /** Also after each other operation. */
  readonly read: readonly string[];
  readonly change: readonly string[];
  readonly remove: readonly string[];
  /** What a service asks for beyond the call itself: named in its documentation and not called by the provider. */
  readonly asked?: { readonly source: string; readonly actions: readonly string[] };
}

const mesh = (...names: readonly string[]) => names.map((name) => `servicemesh:${name}`);
const cs = (...names: readonly string[]) => names.map((name) => `cs:${name}`);
const vpc = (...names: readonly string[]) => names.map((name) => `vpc:${name}`);
const ecs = (...names: readonly string[]) => names.map((name) => `ecs:${name}`);
const slb = (...names: readonly string[]) => names.map((name) => `slb:${name}`);
const kms = (...names: readonly string[]) => names.map((name) => `kms:${name}`);
const ram = (...names: readonly string[]) => names.map((name) => `ram:${name}`);

/** Type of a resource, as its token has it -> its calls. */
export const resourceActions: Readonly<Record<string, ResourceActions>> = {
  "alicloud:vpc/network:Network": {
    source: "resource_alicloud_vpc.go",
    create: vpc("CreateVpc"),
    read: vpc("DescribeVpcAttribute", "DescribeRouteTableList"),
    change: vpc("ModifyVpcAttribute"),
    remove: vpc("DeleteVpc"),
  },
  "alicloud:vpc/switch:Switch": {
    source: "resource_alicloud_vswitch.go",
    create: vpc("CreateVSwitch"),
    read: vpc("DescribeVSwitchAttributes"),
    change: vpc("ModifyVSwitchAttribute"),
    remove: vpc("DeleteVSwitch"),
  },
  "alicloud:ecs/securityGroup:SecurityGroup": {
    source: "resource_alicloud_security_group.go",
    create: ecs("CreateSecurityGroup"),
    read: ecs("DescribeSecurityGroupAttribute", "DescribeSecurityGroups"),
    // The policy within the group is a change of its own, also right after it is made.
    change: ecs("ModifySecurityGroupAttribute", "ModifySecurityGroupPolicy"),
    remove: ecs("DeleteSecurityGroup"),
  },
  "alicloud:ecs/securityGroupRule:SecurityGroupRule": {
    source: "resource_alicloud_security_group_rule.go",
    create: ecs("AuthorizeSecurityGroup", "AuthorizeSecurityGroupEgress"),
    read: ecs("DescribeSecurityGroupAttribute"),
    change: ecs("ModifySecurityGroupRule", "ModifySecurityGroupEgressRule"),
    remove: ecs("RevokeSecurityGroup", "RevokeSecurityGroupEgress"),
  },
  "alicloud:ram/role:Role": {
    source: "resource_alicloud_ram_role.go",
    create: ram("CreateRole"),
    read: ram("GetRole", "ListTagResources"),
    change: ram("UpdateRole"),
    remove: ram("DeleteRole", "ListPoliciesForRole", "DetachPolicyFromRole"),
  },
  "alicloud:ram/policy:Policy": {
    source: "resource_alicloud_ram_policy.go",
    create: ram("CreatePolicy"),
    read: ram("GetPolicy", "ListTagResources"),
    change: ram("CreatePolicyVersion", "UpdatePolicyDescription"),
    remove: ram(
      ...["DeletePolicy", "ListEntitiesForPolicy", "ListPolicyVersions", "DeletePolicyVersion", "DetachPolicyFromRole"],
    ),
  },
  "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment": {
    source: "resource_alicloud_ram_role_policy_attachment.go",
    create: ram("AttachPolicyToRole"),
    read: ram("ListPoliciesForRole"),
    change: [],
    remove: ram("DetachPolicyFromRole"),
  },
  "alicloud:kms/key:Key": {
    source: "resource_alicloud_kms_key.go",
    create: kms("CreateKey"),
    read: kms("DescribeKey", "GetKeyPolicy", "ListTagResources"),
    // The protection against deletion is set by a call of its own, also right after the key is made.
    change: kms("UpdateKeyDescription", "UpdateRotationPolicy", "SetDeletionProtection"),
    remove: kms("ScheduleKeyDeletion"),
  },
  "alicloud:cs/managedKubernetes:ManagedKubernetes": {
    source: "resource_alicloud_cs_managed_kubernetes.go",
    create: [...cs("CreateCluster", "DescribeTaskInfo"), ...vpc("DescribeVSwitchAttributes")],
    read: [
      ...cs("DescribeClusterDetail", "DescribeClusterUserKubeconfig", "GetClusterAuditProject"),
      // A refusal of the first ends the read; without the second the provider does not know the API server's load balancer.
      ...cs("CheckControlPlaneLogEnable", "DescribeClusterResources"),
      ...vpc("DescribeNatGateways"),
    ],
    change: cs("ModifyCluster", "UpgradeCluster", "MigrateCluster", "UpdateKMSEncryption"),
    remove: cs("DeleteCluster", "DescribeTaskInfo"),
    asked: {
      source: 'ACK, "Use KMS to encrypt Kubernetes Secrets": the key is tried with the caller\'s permissions',
      actions: kms("DescribeKey", "Encrypt", "Decrypt"),
    },
  },
  "alicloud:cs/nodePool:NodePool": {
    source: "resource_alicloud_cs_kubernetes_node_pool.go",
    create: cs("CreateClusterNodePool", "DescribeTaskInfo"),
    read: cs("DescribeClusterNodePoolDetail"),
    change: cs("ModifyClusterNodePool", "DescribeTaskInfo", "DescribeClusterNodes", "DeleteClusterNodes"),
    remove: cs("DeleteClusterNodepool", "DescribeTaskInfo"),
    asked: { source: "RAM: whoever gives a role to a service passes it", actions: ram("PassRole") },
  },
  "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer": {
    source: "resource_alicloud_slb_load_balancer.go",
    create: slb("CreateLoadBalancer"),
    read: slb("DescribeLoadBalancerAttribute", "ListTagResources"),
    change: slb("SetLoadBalancerName", "SetLoadBalancerDeleteProtection", "SetLoadBalancerStatus"),
    remove: slb("DeleteLoadBalancer"),
  },
  "alicloud:servicemesh/serviceMesh:ServiceMesh": {
    source: "resource_alicloud_service_mesh_service_mesh.go",
    create: mesh("CreateServiceMesh"),
    read: mesh(
      ...["DescribeServiceMeshDetail", "DescribeServiceMeshKubeconfig", "DescribeKialiConfiguration"],
      "ListTagResources",
    ),
    // Fields that CreateServiceMesh does not take are a change right after it; Kiali's are sent whenever `meshConfig` changes, and so
    // also then, although no stack sets one.
    change: mesh(
      ...["UpdateMeshFeature", "UpdateKialiConfiguration", "UpgradeMeshEditionPartially", "ModifyServiceMeshName"],
    ),
    remove: mesh("DeleteServiceMesh"),
  },
  "alicloud:servicemesh/userPermission:UserPermission": {
    source: "resource_alicloud_service_mesh_user_permission.go",
    create: mesh("GrantUserPermissions"),
    read: mesh("DescribeUserPermissions"),
    change: mesh("GrantUserPermissions"),
    remove: mesh("GrantUserPermissions"),
  },
  "pulumi-nodejs:dynamic:AsmMembership": {
    source: "tools/alibaba/mesh-membership.ts",
    create: mesh("DescribeServiceMeshDetail", "AddClusterIntoServiceMesh", "DescribeServiceMeshes"),
    read: [],
    change: [],
    remove: mesh("DescribeServiceMeshDetail", "RemoveClusterFromServiceMesh"),
  },
  "pulumi-nodejs:dynamic:AsmMeshGone": {
    source: "tools/alibaba/mesh-gone.ts",
    create: [],
    read: [],
    change: [],
    remove: mesh("DescribeServiceMeshes"),
  },
};

/** What a program looks up whenever it runs, a preview included. */
export interface LookUp {
  readonly source: string;
  readonly actions: readonly string[];
  /** When it is asked: each time, or only while there is no instance of ASM yet. */
  readonly when: "always" | "new";
}

/** Token of a function -> its calls. */
export const lookUps: Readonly<Record<string, LookUp>> = {
  "alicloud:cs/getClusterCredential:getClusterCredential": {
    source: "data_source_alicloud_cs_cluster_credential.go",
    actions: cs("DescribeClusterDetail", "DescribeClusterUserKubeconfig"),
    when: "always",
  },
  "alicloud:servicemesh/getServiceMeshes:getServiceMeshes": {
    source: "data_source_alicloud_service_mesh_service_meshes.go",
    actions: mesh("DescribeServiceMeshes"),
    when: "always",
  },
  "alicloud:servicemesh/getVersions:getVersions": {
    source: "data_source_alicloud_service_mesh_versions.go",
    actions: mesh("DescribeVersions"),
    when: "new",
  },
};
