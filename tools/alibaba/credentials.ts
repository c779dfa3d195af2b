import { UserError } from "../user-error";
import type { AccountKey } from "./sign";

/**
 * Environment variables in which @pulumi/alicloud takes a credential, and the one of Alibaba Cloud's own tools for it; see the
 * provider's schema (alicloud/provider.go of terraform-provider-alicloud 1.285.0).
 */
const alsoNamed: Readonly<Record<string, readonly string[]>> = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: ["ALICLOUD_ACCESS_KEY", "ALIBABACLOUD_ACCESS_KEY_ID"],
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: ["ALICLOUD_SECRET_KEY", "ALIBABACLOUD_ACCESS_KEY_SECRET"],
  ALIBABA_CLOUD_SECURITY_TOKEN: ["ALICLOUD_SECURITY_TOKEN", "ALIBABACLOUD_SECURITY_TOKEN"],
  ALIBABA_CLOUD_ECS_METADATA: ["ALICLOUD_ECS_ROLE_NAME"],
  ALIBABA_CLOUD_PROFILE: ["ALICLOUD_PROFILE"],
  ALIBABA_CLOUD_CREDENTIALS_URI: ["ALICLOUD_CREDENTIALS_URI"],
};

/** The same environment with the names that Alibaba Cloud's own tools read. The provider's names win, as in the provider. */
export function withToolNames(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const named = Object.entries(alsoNamed).flatMap(([name, others]) => {
    const [providers, older] = others;
    const value = (providers && env[providers]) || env[name] || (older && env[older]);
    return value ? [[name, value] as const] : [];
  });
  return { ...env, ...Object.fromEntries(named) };
}

const missing = {
  path: "environment",
  got: "no key, profile or role",
  expected: "a credential in one of the ways that @pulumi/alicloud takes",
  fix: "Set ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY, or ALICLOUD_PROFILE.",
};

/**
 * The credential that the process has: variables, a profile of the `aliyun` command, a role of the machine or of the pod.
 * Alibaba Cloud's own library finds it, and asks for a temporary one where that is needed.
 */
export async function accountKey(env: NodeJS.ProcessEnv = process.env): Promise<AccountKey> {
  // The library reads the environment of the process, and nothing else.
  Object.assign(process.env, withToolNames(env));
  const { default: Credential } = await import("@alicloud/credentials");
  const { accessKeyId, accessKeySecret, securityToken } = await new Credential()
    .getCredential()
    .catch((error: Error) => {
      throw new UserError("There is no credential of Alibaba Cloud.", [{ ...missing, got: error.message }]);
    });
  if (!accessKeyId || !accessKeySecret) throw new UserError("There is no credential of Alibaba Cloud.", [missing]);
  return {
    id: accessKeyId,
    secret: accessKeySecret,
    ...(securityToken && { token: securityToken }),
  };
}
