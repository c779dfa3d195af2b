import { type Account, given, type Handler, need, type Parameters, Refusal, type Thing } from "./account";

/* VPC (2016-04-28), ECS (2014-05-26) and CLB (2014-05-15), as far as stacks use them. */

const vpcOf = (account: Account, parameters: Parameters): Thing =>
  // resource_alicloud_vpc.go: InvalidVpcID.NotFound and 404 are the same to it.
  account.get("Vpc", need(parameters, "VpcId"), "InvalidVpcId.NotFound");
const switchOf = (account: Account, parameters: Parameters): Thing =>
  account.get("VSwitch", need(parameters, "VSwitchId"), "InvalidVswitchID.NotFound");
const groupOf = (account: Account, parameters: Parameters): Thing =>
  account.get("SecurityGroup", need(parameters, "SecurityGroupId"), "InvalidSecurityGroupId.NotFound");
const balancerOf = (account: Account, parameters: Parameters): Thing =>
  account.get("LoadBalancer", need(parameters, "LoadBalancerId"), "InvalidLoadBalancerId.NotFound");

/** First and last address of a block. */
function range(block: string): readonly [number, number] {
  const [, a, b, c, d, bits] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(block) ?? [];
  if (bits === undefined) throw new Refusal("InvalidCidrBlock.Malformed");
  const size = 2 ** (32 - Number(bits));
  const first = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  if (first % size !== 0) throw new Refusal("InvalidCidrBlock.Malformed");
  return [first, first + size - 1];
}

/** What there is of a kind, with these fields as the call has them. */
function listed(account: Account, parameters: Parameters, kind: string, id: string, by: readonly string[]) {
  return account
    .all(kind)
    .filter(({ fields }) => by.every((name) => parameters[name] === undefined || fields[name] === parameters[name]))
    .map((thing): Record<string, unknown> => ({ [id]: thing.id, ...thing.fields }));
}

export const vpcApi: Readonly<Record<string, Handler>> = {
  CreateVpc(account, parameters) {
    range(need(parameters, "CidrBlock"));
    const vpc = account.make("Vpc", {
      // What the account fills in: fields that resource_alicloud_vpc.go reads back.
      ...{
        Status: "Pending",
        Description: "",
        ClassicLinkEnabled: false,
        IsDefault: false,
        ResourceGroupId: "rg-default",
      },
      ...given(parameters, "VpcName", "CidrBlock", "Description", "RegionId"),
    });
    account.later(vpc, () => {
      vpc.fields.Status = "Available";
    });
    return { VpcId: vpc.id, VRouterId: `vrt-${vpc.id}`, RouteTableId: `vtb-${vpc.id}`, ResourceGroupId: "rg-default" };
  },
  DescribeVpcAttribute(account, parameters) {
    const vpc = vpcOf(account, parameters);
    account.looked(vpc);
    return { VpcId: vpc.id, VRouterId: `vrt-${vpc.id}`, Tags: { Tag: [] }, ...vpc.fields };
  },
  DescribeVpcs(account, parameters) {
    const switchesOf = (id: string) =>
      account.all("VSwitch").flatMap(({ id: own, fields }) => (fields.VpcId === id ? [own] : []));
    const found = listed(account, parameters, "Vpc", "VpcId", ["VpcName"]);
    return {
      Vpcs: { Vpc: found.map((vpc) => ({ ...vpc, VSwitchIds: { VSwitchId: switchesOf(String(vpc.VpcId)) } })) },
    };
  },
  DescribeVSwitches: (account, parameters) => ({
    VSwitches: { VSwitch: listed(account, parameters, "VSwitch", "VSwitchId", ["VSwitchName", "VpcId"]) },
  }),
  DescribeRouteTableList(account, parameters) {
    const { id } = vpcOf(account, parameters);
    const table = {
      RouteTableId: `vtb-${id}`,
      RouteTableType: "System",
      RouteTableName: "",
      Description: "",
      VpcId: id,
    };
    return { TotalCount: 1, RouterTableList: { RouterTableListType: [table] } };
  },
  ModifyVpcAttribute(account, parameters) {
    Object.assign(vpcOf(account, parameters).fields, given(parameters, "VpcName", "Description"));
    return {};
  },
  DeleteVpc(account, parameters) {
    const vpc = vpcOf(account, parameters);
    // resource_alicloud_vpc.go repeats the call after both.
    const within = (kind: string) => account.all(kind).some(({ fields }) => fields.VpcId === vpc.id);
    if (within("VSwitch")) throw new Refusal("DependencyViolation.VSwitch");
    if (within("SecurityGroup")) throw new Refusal("DependencyViolation.SecurityGroup");
    account.drop(vpc);
    return {};
  },
  CreateVSwitch(account, parameters) {
    const vpc = vpcOf(account, parameters);
    if (vpc.fields.Status !== "Available") throw new Refusal("IncorrectVpcStatus");
    const [first, last] = range(need(parameters, "CidrBlock"));
    const [from, to] = range(String(vpc.fields.CidrBlock));
    if (first < from || last > to) throw new Refusal("InvalidCidrBlock.NotInVpc");
    for (const { fields } of account.all("VSwitch").filter((other) => other.fields.VpcId === vpc.id)) {
      const [otherFirst, otherLast] = range(String(fields.CidrBlock));
      if (first <= otherLast && otherFirst <= last) throw new Refusal("InvalidCidrBlock.Overlapped");
    }
    const made = account.make("VSwitch", {
      ...{ Status: "Pending", Description: "", ZoneId: need(parameters, "ZoneId"), VpcId: vpc.id },
      ...given(parameters, "VSwitchName", "CidrBlock", "Description"),
    });
    account.later(made, () => {
      made.fields.Status = "Available";
    });
    return { VSwitchId: made.id };
  },
  DescribeVSwitchAttributes(account, parameters) {
    const found = switchOf(account, parameters);
    account.looked(found);
    return { VSwitchId: found.id, IsDefault: false, Tags: { Tag: [] }, ...found.fields };
  },
  ModifyVSwitchAttribute(account, parameters) {
    Object.assign(switchOf(account, parameters).fields, given(parameters, "VSwitchName", "Description"));
    return {};
  },
  DeleteVSwitch(account, parameters) {
    const found = switchOf(account, parameters);
    const uses = (kind: string) =>
      account.all(kind).some(({ fields }) => JSON.stringify(fields).includes(`"${found.id}"`));
    // resource_alicloud_vswitch.go repeats the call after it.
    if (["Cluster", "NodePool", "ServiceMesh"].some(uses)) throw new Refusal("DependencyViolation");
    account.drop(found);
    return {};
  },
  DescribeNatGateways(account, parameters) {
    const own = account.all("NatGateway").filter(({ fields }) => fields.VpcId === parameters.VpcId);
    return { NatGateways: { NatGateway: own.map(({ id, fields }) => ({ NatGatewayId: id, ...fields })) } };
  },
};

type Rule = Record<string, unknown>;

const ruleFields = [
  "IpProtocol",
  "PortRange",
  "NicType",
  "Policy",
  "SourceCidrIp",
  "DestCidrIp",
  "Description",
] as const;
const rulesOf = ({ fields }: Thing): Rule[] => fields.rules as Rule[];
const sameRule = (one: Rule, other: Rule) =>
  ["Direction", "IpProtocol", "PortRange", "SourceCidrIp", "DestCidrIp"].every((key) => one[key] === other[key]);

function rule(Direction: "ingress" | "egress", parameters: Parameters): Rule {
  return { Direction, Priority: "1", ...given(parameters, ...ruleFields) };
}

/** One call may have several rules in a list; resource_alicloud_security_group_rule.go sends one so when it makes it. */
function permissions(parameters: Parameters): readonly Parameters[] {
  const { Permissions: list } = parameters;
  return Array.isArray(list) ? list.map((each) => each as Parameters) : [parameters];
}

const authorize =
  (direction: "ingress" | "egress"): Handler =>
  (account, parameters) => {
    const rules = rulesOf(groupOf(account, parameters));
    for (const each of permissions(parameters)) {
      need(each, "IpProtocol");
      need(each, "PortRange");
      const made = rule(direction, each);
      // Authorizing an existing rule succeeds and changes nothing.
      if (!rules.some((other) => sameRule(other, made))) rules.push(made);
    }
    return {};
  };

const revoke =
  (direction: "ingress" | "egress"): Handler =>
  (account, parameters) => {
    const group = groupOf(account, parameters);
    const gone = permissions(parameters).map((each) => rule(direction, each));
    group.fields.rules = rulesOf(group).filter((other) => !gone.some((each) => sameRule(other, each)));
    return {};
  };

const modifyRule =
  (direction: "ingress" | "egress"): Handler =>
  (account, parameters) => {
    const found = rulesOf(groupOf(account, parameters)).find((other) => sameRule(other, rule(direction, parameters)));
    if (!found) throw new Refusal("InvalidSecurityGroupRule.RuleNotExist", 404);
    Object.assign(found, given(parameters, "Description"));
    return {};
  };

export const ecsApi: Readonly<Record<string, Handler>> = {
  CreateSecurityGroup(account, parameters) {
    const vpc = vpcOf(account, parameters);
    const group = account.make("SecurityGroup", {
      ...{ VpcId: vpc.id, Description: "", SecurityGroupType: "normal", InnerAccessPolicy: "Accept", rules: [] },
      ...given(parameters, "SecurityGroupName", "SecurityGroupType", "Description"),
    });
    return { SecurityGroupId: group.id };
  },
  DescribeSecurityGroupAttribute(account, parameters) {
    const group = groupOf(account, parameters);
    const { rules: _, ...fields } = group.fields;
    const asked = String(parameters.Direction ?? "all");
    const rules = rulesOf(group).filter(({ Direction }) => ["all", "", Direction].includes(asked));
    return { SecurityGroupId: group.id, ...fields, Permissions: { Permission: rules } };
  },
  DescribeSecurityGroups(account, parameters) {
    const { SecurityGroupId: id } = parameters;
    const found = listed(account, parameters, "SecurityGroup", "SecurityGroupId", ["SecurityGroupName", "VpcId"])
      .map((group): Record<string, unknown> => ({ ...group, rules: undefined, Tags: { Tag: [] } }))
      .filter((group) => id === undefined || group.SecurityGroupId === id);
    return { SecurityGroups: { SecurityGroup: found } };
  },
  ModifySecurityGroupAttribute(account, parameters) {
    Object.assign(groupOf(account, parameters).fields, given(parameters, "SecurityGroupName", "Description"));
    return {};
  },
  ModifySecurityGroupPolicy(account, parameters) {
    Object.assign(groupOf(account, parameters).fields, given(parameters, "InnerAccessPolicy"));
    return {};
  },
  AuthorizeSecurityGroup: authorize("ingress"),
  AuthorizeSecurityGroupEgress: authorize("egress"),
  RevokeSecurityGroup: revoke("ingress"),
  RevokeSecurityGroupEgress: revoke("egress"),
  ModifySecurityGroupRule: modifyRule("ingress"),
  ModifySecurityGroupEgressRule: modifyRule("egress"),
  DeleteSecurityGroup(account, parameters) {
    const group = groupOf(account, parameters);
    const uses = (kind: string) =>
      account.all(kind).some(({ fields }) => JSON.stringify(fields).includes(`"${group.id}"`));
    if (uses("Cluster") || uses("NodePool")) throw new Refusal("DependencyViolation");
    account.drop(group);
    return {};
  },
};

const set =
  (...names: readonly string[]): Handler =>
  (account, parameters) => {
    Object.assign(balancerOf(account, parameters).fields, given(parameters, ...names));
    return {};
  };

export const slbApi: Readonly<Record<string, Handler>> = {
  CreateLoadBalancer(account, parameters) {
    const balancer = account.make("LoadBalancer", {
      ...{ LoadBalancerStatus: "inactive", Address: "203.0.113.7", AddressIPVersion: "ipv4", DeleteProtection: "off" },
      ...{ PayType: "PayOnDemand", ModificationProtectionStatus: "NonProtection", ResourceGroupId: "rg-default" },
      ...given(
        parameters,
        "LoadBalancerName",
        "AddressType",
        "InstanceChargeType",
        "InternetChargeType",
        "DeleteProtection",
      ),
    });
    account.later(balancer, () => {
      balancer.fields.LoadBalancerStatus = "active";
    });
    return { LoadBalancerId: balancer.id, Address: balancer.fields.Address };
  },
  DescribeLoadBalancerAttribute(account, parameters) {
    const balancer = balancerOf(account, parameters);
    account.looked(balancer);
    return { LoadBalancerId: balancer.id, ...balancer.fields };
  },
  DescribeLoadBalancers: (account, parameters) => ({
    LoadBalancers: {
      LoadBalancer: listed(account, parameters, "LoadBalancer", "LoadBalancerId", ["LoadBalancerName"]),
    },
  }),
  ListTagResources: () => ({ TagResources: { TagResource: [] } }),
  SetLoadBalancerName: set("LoadBalancerName"),
  SetLoadBalancerStatus: set("LoadBalancerStatus"),
  SetLoadBalancerDeleteProtection: set("DeleteProtection"),
  DeleteLoadBalancer(account, parameters) {
    const balancer = balancerOf(account, parameters);
    if (balancer.fields.DeleteProtection === "on") throw new Refusal("OperationDenied.DeleteProtectionIsOn");
    account.drop(balancer);
    return {};
  },
};
