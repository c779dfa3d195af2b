/*
 * What of terraform-provider-alicloud is built: type of Terraform -> token of Pulumi. All that stacks make and look up, which is
 * what `components/alibaba/actions.ts` has; a test compares the two.
 */

export const resourceTokens: Readonly<Record<string, string>> = {
  alicloud_vpc: "alicloud:vpc/network:Network",
  alicloud_vswitch: "alicloud:vpc/switch:Switch",
  alicloud_security_group: "alicloud:ecs/securityGroup:SecurityGroup",
  alicloud_security_group_rule: "alicloud:ecs/securityGroupRule:SecurityGroupRule",
  alicloud_ram_role: "alicloud:ram/role:Role",
  alicloud_ram_policy: "alicloud:ram/policy:Policy",
  alicloud_ram_role_policy_attachment: "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment",
  alicloud_kms_key: "alicloud:kms/key:Key",
  alicloud_cs_managed_kubernetes: "alicloud:cs/managedKubernetes:ManagedKubernetes",
  alicloud_cs_kubernetes_node_pool: "alicloud:cs/nodePool:NodePool",
  alicloud_slb_load_balancer: "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer",
  alicloud_service_mesh_service_mesh: "alicloud:servicemesh/serviceMesh:ServiceMesh",
  alicloud_service_mesh_user_permission: "alicloud:servicemesh/userPermission:UserPermission",
};

export const dataSourceTokens: Readonly<Record<string, string>> = {
  alicloud_cs_cluster_credential: "alicloud:cs/getClusterCredential:getClusterCredential",
  alicloud_service_mesh_service_meshes: "alicloud:servicemesh/getServiceMeshes:getServiceMeshes",
  alicloud_service_mesh_versions: "alicloud:servicemesh/getVersions:getVersions",
};
