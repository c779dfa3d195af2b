import { given, type Handler, need, Refusal } from "./account";

/* RAM (2015-05-01) and KMS (2016-01-20), as far as stacks use them. */

/** Name of the policy -> roles that have it, in the fields of the policy. */
const attached = (fields: Record<string, unknown>): string[] => fields.roles as string[];

export const ramApi: Readonly<Record<string, Handler>> = {
  CreateRole(account, parameters) {
    const name = need(parameters, "RoleName");
    if (account.find("Role", name)) throw new Refusal("EntityAlreadyExists.Role", 409);
    need(parameters, "AssumeRolePolicyDocument");
    const fields = { MaxSessionDuration: 3600, ...given(parameters, "AssumeRolePolicyDocument", "Description") };
    account.make("Role", fields, "LimitExceeded.Role", name);
    return { Role: { RoleName: name, Arn: `acs:ram::1:role/${name}`, ...fields } };
  },
  GetRole(account, parameters) {
    const { id, fields } = account.get("Role", need(parameters, "RoleName"), "EntityNotExist.Role");
    return { Role: { RoleName: id, RoleId: `id-${id}`, Arn: `acs:ram::1:role/${id}`, ...fields } };
  },
  UpdateRole(account, parameters) {
    const { NewAssumeRolePolicyDocument: document, NewDescription: description } = parameters;
    const { fields } = account.get("Role", need(parameters, "RoleName"), "EntityNotExist.Role");
    if (document !== undefined) fields.AssumeRolePolicyDocument = document;
    if (description !== undefined) fields.Description = description;
    return {};
  },
  DeleteRole(account, parameters) {
    const role = account.get("Role", need(parameters, "RoleName"), "EntityNotExist.Role");
    // resource_alicloud_ram_role.go repeats the call after it.
    if (account.all("Policy").some(({ fields }) => attached(fields).includes(role.id))) {
      throw new Refusal("DeleteConflict.Role.Policy", 409);
    }
    account.drop(role);
    return {};
  },
  ListPoliciesForRole(account, parameters) {
    const role = account.get("Role", need(parameters, "RoleName"), "EntityNotExist.Role");
    const own = account.all("Policy").filter(({ fields }) => attached(fields).includes(role.id));
    return { Policies: { Policy: own.map(({ id }) => ({ PolicyName: id, PolicyType: "Custom" })) } };
  },
  CreatePolicy(account, parameters) {
    const name = need(parameters, "PolicyName");
    if (account.find("Policy", name)) throw new Refusal("EntityAlreadyExists.Policy", 409);
    const fields = { versions: [need(parameters, "PolicyDocument")], roles: [], ...given(parameters, "Description") };
    account.make("Policy", fields, "LimitExceeded.Policy", name);
    return { Policy: { PolicyName: name, PolicyType: "Custom", DefaultVersion: "v1" } };
  },
  GetPolicy(account, parameters) {
    const { id, fields } = account.get("Policy", need(parameters, "PolicyName"), "EntityNotExist.Policy");
    const versions = fields.versions as string[];
    const version = { VersionId: `v${versions.length}`, IsDefaultVersion: true, PolicyDocument: versions.at(-1) };
    const about = { PolicyName: id, PolicyType: "Custom", AttachmentCount: attached(fields).length };
    return { Policy: { ...about, Description: fields.Description ?? "" }, DefaultPolicyVersion: version };
  },
  CreatePolicyVersion(account, parameters) {
    const { fields } = account.get("Policy", need(parameters, "PolicyName"), "EntityNotExist.Policy");
    const versions = fields.versions as string[];
    if (versions.length >= 5) throw new Refusal("LimitExceeded.Policy.Version", 409);
    versions.push(need(parameters, "PolicyDocument"));
    return {};
  },
  UpdatePolicyDescription(account, parameters) {
    const { fields } = account.get("Policy", need(parameters, "PolicyName"), "EntityNotExist.Policy");
    fields.Description = need(parameters, "NewDescription");
    return {};
  },
  ListPolicyVersions(account, parameters) {
    const { fields } = account.get("Policy", need(parameters, "PolicyName"), "EntityNotExist.Policy");
    const versions = fields.versions as string[];
    const list = versions.map((_, index) => ({
      VersionId: `v${index + 1}`,
      IsDefaultVersion: index === versions.length - 1,
    }));
    return { PolicyVersions: { PolicyVersion: list } };
  },
  DeletePolicyVersion(account, parameters) {
    const { fields } = account.get("Policy", need(parameters, "PolicyName"), "EntityNotExist.Policy");
    (fields.versions as string[]).shift();
    return {};
  },
  ListEntitiesForPolicy(account, parameters) {
    const { fields } = account.get("Policy", need(parameters, "PolicyName"), "EntityNotExist.Policy");
    const roles = attached(fields).map((RoleName) => ({ RoleName }));
    return { Roles: { Role: roles }, Users: { User: [] }, Groups: { Group: [] } };
  },
  DeletePolicy(account, parameters) {
    const policy = account.get("Policy", need(parameters, "PolicyName"), "EntityNotExist.Policy");
    if (attached(policy.fields).length > 0) throw new Refusal("DeleteConflict.Policy.Role", 409);
    if ((policy.fields.versions as string[]).length > 1) throw new Refusal("DeleteConflict.Policy.Version", 409);
    account.drop(policy);
    return {};
  },
  AttachPolicyToRole(account, parameters) {
    const role = account.get("Role", need(parameters, "RoleName"), "EntityNotExist.Role");
    const { fields } = account.get("Policy", need(parameters, "PolicyName"), "EntityNotExist.Policy");
    if (attached(fields).includes(role.id)) throw new Refusal("EntityAlreadyExists.Role.Policy", 409);
    attached(fields).push(role.id);
    return {};
  },
  DetachPolicyFromRole(account, parameters) {
    const role = account.get("Role", need(parameters, "RoleName"), "EntityNotExist.Role");
    const { fields } = account.get("Policy", need(parameters, "PolicyName"), "EntityNotExist.Policy");
    if (!attached(fields).includes(role.id)) throw new Refusal("EntityNotExist.Role.Policy", 404);
    fields.roles = attached(fields).filter((name) => name !== role.id);
    return {};
  },
  ListTagResources: () => ({ TagResources: { TagResource: [] } }),
};

export const kmsApi: Readonly<Record<string, Handler>> = {
  CreateKey(account, parameters) {
    // KMS makes keys in a bought instance only (documentation of 2026-03).
    need(parameters, "DKMSInstanceId");
    const fields = {
      ...{ KeyState: "Enabled", Origin: "Aliyun_KMS", KeyUsage: "ENCRYPT/DECRYPT", DeletionProtection: "Disabled" },
      ...given(parameters, "Description", "KeySpec", "DKMSInstanceId", "EnableAutomaticRotation", "RotationInterval"),
    };
    const key = account.make("Key", fields);
    return { KeyMetadata: { KeyId: key.id, ...fields } };
  },
  DescribeKey(account, parameters) {
    const { id, fields } = account.get("Key", need(parameters, "KeyId"), "Forbidden.KeyNotFound");
    const { EnableAutomaticRotation: rotates, RotationInterval: interval, ...others } = fields;
    // Whatever unit was sent, seconds come back: `365d` would be a change in every preview.
    const seconds = String(interval ?? "").replace(/^(\d+)d$/, (_, days) => `${Number(days) * 86_400}s`);
    const AutomaticRotation = String(rotates) === "true" ? "Enabled" : "Disabled";
    return { KeyMetadata: { KeyId: id, ...others, AutomaticRotation, RotationInterval: seconds } };
  },
  GetKeyPolicy: () => ({ Policy: "" }),
  ListTagResources: () => ({ TagResources: { TagResource: [] } }),
  UpdateKeyDescription(account, parameters) {
    const { fields } = account.get("Key", need(parameters, "KeyId"), "Forbidden.KeyNotFound");
    fields.Description = need(parameters, "Description");
    return {};
  },
  UpdateRotationPolicy(account, parameters) {
    const { fields } = account.get("Key", need(parameters, "KeyId"), "Forbidden.KeyNotFound");
    Object.assign(fields, given(parameters, "EnableAutomaticRotation", "RotationInterval"));
    return {};
  },
  SetDeletionProtection(account, parameters) {
    const { fields } = account.get("Key", need(parameters, "KeyId"), "Forbidden.KeyNotFound");
    fields.DeletionProtection = String(parameters.EnableDeletionProtection) === "true" ? "Enabled" : "Disabled";
    return {};
  },
  ScheduleKeyDeletion(account, parameters) {
    const key = account.get("Key", need(parameters, "KeyId"), "Forbidden.KeyNotFound");
    if (key.fields.DeletionProtection === "Enabled") throw new Refusal("Rejected.DeletionProtectionEnabled");
    need(parameters, "PendingWindowInDays");
    account.drop(key);
    return {};
  },
};
