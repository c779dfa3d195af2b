import { Policy } from "@pulumi/alicloud/ram/policy";
import { Role } from "@pulumi/alicloud/ram/role";
import { RolePolicyAttachment } from "@pulumi/alicloud/ram/rolePolicyAttachment";
import * as pulumi from "@pulumi/pulumi";
import { inAccount } from "../alibaba/server-fields";
import { childOptions } from "../child-options";

export interface AckWorkerRoleArgs {
  /** Name of the role and of its policy. */
  readonly roleName: string;
}

/** Whoever the nodes are: ECS instances. */
const trust = {
  Version: "1",
  Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: ["ecs.aliyuncs.com"] } }],
};

/** What nodes do in the account's name: pull images. Components of ACK have roles of their own, workloads have RRSA. */
const pullImages = {
  Version: "1",
  Statement: [
    {
      Effect: "Allow",
      Action: ["cr:GetAuthorizationToken", "cr:ListInstanceEndpoint", "cr:PullRepository"],
      Resource: ["*"],
    },
  ],
};

/** The RAM role of the nodes of a cluster, with nothing but the right to pull images. */
export class AckWorkerRole extends pulumi.ComponentResource {
  public readonly roleName: pulumi.Output<string>;

  public constructor(name: string, args: AckWorkerRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:AckWorkerRole", name, {}, opts);
    const child = childOptions(this, name, "alicloud", opts);
    const roleArgs = {
      roleName: args.roleName,
      description: "Nodes of an ACK cluster: they pull images",
      assumeRolePolicyDocument: JSON.stringify(trust),
    };
    const role = new Role(`${name}-role`, roleArgs, inAccount("Role", roleArgs, child));
    const policyArgs = { policyName: args.roleName, policyDocument: JSON.stringify(pullImages) };
    const policy = new Policy(`${name}-policy`, policyArgs, inAccount("Policy", policyArgs, child));
    const attachment = new RolePolicyAttachment(
      `${name}-attachment`,
      { roleName: role.roleName, policyName: policy.policyName, policyType: "Custom" },
      child,
    );
    // Whoever uses the name has a role that can do its work.
    this.roleName = attachment.roleName;
    this.registerOutputs({ roleName: this.roleName });
  }
}
