import { asRecord, records, texts } from "../values";
import { type Api, type ApiAnswer, ApiFailure, type CallApi, serviceMeshApi } from "./api";

/*
 * What an update was making in an account when it was killed: the state does not have it, and nobody but the account knows whether it
 * is there. Names are those that stacks give, so it is asked for by its name.
 */

/** An operation of the state, such as `creating`, with the inputs of its resource. */
export interface PendingCreate {
  /** @example "alicloud:vpc/network:Network" */
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface Finder {
  readonly api: (region: string) => Api;
  readonly action: string;
  /** What RAM calls it. @default its own name */
  readonly grant?: string;
  /** Parameters that are always the same. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Parameters of the call beside the region: name -> input. */
  readonly by: Readonly<Record<string, string>>;
  /** Lists of the answer, from the outside to the inside. */
  readonly list: readonly string[];
  /** Field of an item, or of its part, that has the name; and the input that it is compared with. */
  readonly named: readonly [field: string, input: string];
  /** Whether an item of that name may be it, where names are no stack's own. @default any may */
  readonly fits?: (item: ApiAnswer, inputs: PendingCreate["inputs"]) => boolean;
  /** Part of an item that has name and id. @default the item itself */
  readonly part?: string;
  /** Field that has the id, or what makes an id of it. */
  readonly id: string | ((item: ApiAnswer, inputs: PendingCreate["inputs"]) => string);
}

const regional = (product: string, version: string) => (region: string) => ({
  ...{ product, version, host: `${product}.${region}.aliyuncs.com` },
});
const vpc = regional("vpc", "2016-04-28");
const ecs = regional("ecs", "2014-05-26");
const slb = regional("slb", "2014-05-15");
const ram = () => ({ product: "ram", version: "2015-05-01", host: "ram.aliyuncs.com" });
const cs = (region: string) => ({
  ...regional("cs", "2015-12-15")(region),
  paths: { DescribeClustersV1: "/api/v1/clusters", DescribeClusterNodePools: "/clusters/{ClusterId}/nodepools" },
});

/** Type -> how it is found. Of the others making them again changes nothing: rules, grants and memberships. */
const finders: Readonly<Record<string, Finder>> = {
  "alicloud:vpc/network:Network": {
    ...{ api: vpc, action: "DescribeVpcs", by: { VpcName: "vpcName" }, list: ["Vpcs", "Vpc"] },
    ...{ named: ["VpcName", "vpcName"], id: "VpcId" },
    // The networks of all stacks have one name. Nothing is in one that was being made.
    fits: ({ CidrBlock, VSwitchIds }, { cidrBlock }) =>
      CidrBlock === cidrBlock && texts(asRecord(VSwitchIds).VSwitchId).length === 0,
  },
  "alicloud:vpc/switch:Switch": {
    ...{ api: vpc, action: "DescribeVSwitches", by: { VpcId: "vpcId", VSwitchName: "vswitchName" } },
    ...{ list: ["VSwitches", "VSwitch"], named: ["VSwitchName", "vswitchName"], id: "VSwitchId" },
  },
  "alicloud:ecs/securityGroup:SecurityGroup": {
    ...{ api: ecs, action: "DescribeSecurityGroups", by: { VpcId: "vpcId", SecurityGroupName: "securityGroupName" } },
    ...{ list: ["SecurityGroups", "SecurityGroup"], named: ["SecurityGroupName", "securityGroupName"] },
    id: "SecurityGroupId",
  },
  "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer": {
    ...{ api: slb, action: "DescribeLoadBalancers", by: { LoadBalancerName: "loadBalancerName" } },
    ...{ list: ["LoadBalancers", "LoadBalancer"], named: ["LoadBalancerName", "loadBalancerName"] },
    id: "LoadBalancerId",
  },
  "alicloud:ram/role:Role": {
    ...{ api: ram, action: "GetRole", by: { RoleName: "roleName" }, list: ["Role"] },
    ...{ named: ["RoleName", "roleName"], id: "RoleName" },
  },
  "alicloud:ram/policy:Policy": {
    ...{ api: ram, action: "GetPolicy", fixed: { PolicyType: "Custom" }, by: { PolicyName: "policyName" } },
    list: ["Policy"],
    ...{ named: ["PolicyName", "policyName"], id: "PolicyName" },
  },
  "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment": {
    ...{ api: ram, action: "ListPoliciesForRole", by: { RoleName: "roleName" }, list: ["Policies", "Policy"] },
    named: ["PolicyName", "policyName"],
    // resource_alicloud_ram_role_policy_attachment.go
    id: ({ PolicyName, PolicyType }, { roleName }) => `role:${PolicyName}:${PolicyType}:${roleName}`,
  },
  "alicloud:cs/managedKubernetes:ManagedKubernetes": {
    ...{ api: cs, action: "DescribeClustersV1", grant: "GetClusters", by: { name: "name" }, list: ["clusters"] },
    ...{ named: ["name", "name"], id: "cluster_id" },
  },
  "alicloud:cs/nodePool:NodePool": {
    ...{ api: cs, action: "DescribeClusterNodePools", by: { ClusterId: "clusterId" }, list: ["nodepools"] },
    ...{ part: "nodepool_info", named: ["name", "nodePoolName"] },
    // resource_alicloud_cs_kubernetes_node_pool.go
    id: ({ nodepool_id: id }, { clusterId }) => `${clusterId}:${id}`,
  },
  "alicloud:servicemesh/serviceMesh:ServiceMesh": {
    ...{ api: () => serviceMeshApi, action: "DescribeServiceMeshes", by: {}, list: ["ServiceMeshes"] },
    ...{ part: "ServiceMeshInfo", named: ["Name", "serviceMeshName"], id: "ServiceMeshId" },
  },
};

/** Actions that it calls, as RAM names them. Sorted. */
export const findingActions: readonly string[] = Object.values(finders)
  .map(({ api, action, grant = action }) => `${api("").product}:${grant}`)
  .sort();

/**
 * Whether it was made, and the ids that it has in the account, as the provider imports them: more than one where others gave
 * something else that name.
 *
 * @returns undefined for a type of which it makes no difference.
 * @throws ApiFailure
 */
export async function findMade(
  { type, inputs }: PendingCreate,
  region: string,
  callOf: (api: Api) => CallApi,
): Promise<readonly string[] | undefined> {
  const finder = finders[type];
  if (!finder) return undefined;
  const { api, action, fixed, by, list, named, fits = () => true, part, id } = finder;
  const asked = Object.entries(by).map(([parameter, input]) => [parameter, String(inputs[input])]);
  const answer = await callOf(api(region))(action, { RegionId: region, ...fixed, ...Object.fromEntries(asked) }).catch(
    (error: unknown) => {
      // Another 404 may be about the call itself.
      if (error instanceof ApiFailure && error.status === 404 && /Not(Exist|Found)/.test(error.code)) return {};
      throw error;
    },
  );
  const [field, input] = named;
  return itemsOf(answer, list)
    .map((item) => (part === undefined ? item : asRecord(item[part])))
    .filter((item) => item[field] === inputs[input] && fits(item, inputs))
    .map((item) => (typeof id === "string" ? String(item[id]) : id(item, inputs)));
}

function itemsOf(answer: ApiAnswer, [name = "", ...rest]: readonly string[]): readonly ApiAnswer[] {
  const value = answer[name];
  if (rest.length > 0) return itemsOf(asRecord(value), rest);
  return Array.isArray(value) ? records(value) : value === undefined ? [] : [asRecord(value)];
}
