import type { Fault } from "../../cloud/account";

/** A refusal that is lifted when it was met. */
export type Planned = Omit<Fault, "times">;

/*
 * What the account refuses in each phase of a stack in two zones, about each with a code of its own. Left out are codes after which
 * the provider repeats a call for many minutes, such as `DependencyViolation`, and `ecs:RevokeSecurityGroup`, which it repeats after any.
 */

/** What the provider repeats a call after, once each, while the stack is made. */
export const inPassing: readonly Planned[] = [
  { action: "vpc:CreateVpc", code: "Throttling.User" },
  { action: "vpc:CreateVSwitch", code: "TaskConflict" },
  { action: "ram:CreateRole", code: "ServiceUnavailable", status: 503 },
  { action: "cs:CreateCluster", code: "Throttling.Api" },
  { action: "cs:CreateClusterNodePool", code: "ServiceUnavailable", status: 503 },
  { action: "servicemesh:CreateServiceMesh", code: "InvalidActiveState.ACK" },
  { action: "servicemesh:DescribeServiceMeshDetail", code: "Throttling.User" },
];

export const whileMade: readonly Planned[] = [
  { action: "servicemesh:DescribeVersions", code: "Forbidden.SubUser", status: 403 },
  { action: "vpc:CreateVpc", code: "QuotaExceeded.Vpc" },
  { action: "ram:CreateRole", code: "EntityAlreadyExists.Role", status: 409 },
  { action: "ram:CreatePolicy", code: "LimitExceeded.Policy", status: 409 },
  { action: "ram:AttachPolicyToRole", code: "NoPermission", status: 403 },
  { action: "slb:CreateLoadBalancer", code: "InvalidAccountStatus.NotEnoughBalance", status: 403 },
  { action: "vpc:CreateVSwitch", of: "nodes-cn-hangzhou-i", code: "Zone.NotOnSale" },
  { action: "vpc:CreateVSwitch", of: "nodes-cn-hangzhou-j", code: "QuotaExceed.VSwitch" },
  { action: "vpc:CreateVSwitch", of: "pods-cn-hangzhou-i", code: "InvalidAccessKeyId.Inactive", status: 403 },
  { action: "vpc:CreateVSwitch", of: "pods-cn-hangzhou-j", code: "UnauthorizedOperation", status: 403 },
  { action: "ecs:CreateSecurityGroup", code: "InvalidSecurityToken.Expired", status: 403 },
  { action: "ecs:AuthorizeSecurityGroup", code: "Forbidden.RAM", status: 403 },
  { action: "ecs:AuthorizeSecurityGroupEgress", code: "AuthorizationLimitExceed", status: 403 },
  { action: "cs:CreateCluster", code: "ErrorQuotaExceeded" },
  { action: "cs:CheckControlPlaneLogEnable", code: "StatusForbidden", status: 403 },
  { action: "cs:CreateClusterNodePool", code: "ErrorNodePoolNameAlreadyExist", status: 409 },
  { action: "cs:DescribeClusterUserKubeconfig", code: "Forbidden.NoPermissionOfCluster", status: 403 },
  { action: "servicemesh:CreateServiceMesh", code: "UserNotAuthorizedToServiceRole", status: 403 },
  { action: "servicemesh:AddClusterIntoServiceMesh", code: "InvalidActiveState.ACK" },
];

/** Of a change of the nodes, and of the mesh's version and tracing. */
export const whileChanged: readonly Planned[] = [
  { action: "cs:ModifyClusterNodePool", code: "OperationDenied.NoStock" },
  { action: "servicemesh:UpdateMeshFeature", code: "ServiceNotActivated", status: 403 },
  { action: "servicemesh:UpgradeMeshEditionPartially", code: "NoPermission", status: 403 },
];

export const whileDestroyed: readonly Planned[] = [
  { action: "servicemesh:RemoveClusterFromServiceMesh", code: "Forbidden.RAM", status: 403 },
  { action: "servicemesh:DeleteServiceMesh", code: "ErrorPermitted.ClustersNotEmpty" },
  { action: "cs:DeleteClusterNodepool", code: "ErrorNodePoolInUse", status: 409 },
  { action: "cs:DeleteCluster", code: "ErrorDeletionProtectionEnabled" },
  { action: "slb:DeleteLoadBalancer", code: "OperationDenied.DeleteProtectionIsOn" },
  { action: "ram:DetachPolicyFromRole", code: "Forbidden.RAM", status: 403 },
  { action: "ram:DeletePolicy", code: "NoPermission", status: 403 },
  { action: "ram:DeleteRole", code: "AccessDenied", status: 403 },
  { action: "ecs:DeleteSecurityGroup", code: "UnauthorizedOperation", status: 403 },
  { action: "vpc:DeleteVpc", code: "Forbidden.RAM", status: 403 },
];
