import { type Problems, quote } from "../components/lanes/validate/problems";
import { formatPath } from "../components/lanes/zod-problems";
import { isRecord } from "../tools/values";
import type { WorkloadConfig } from "./workloads/workloads";

/*
 * Values within a section that `pulumi config set --path --secret` has encrypted. They are taken out as soon as they are read, so
 * that no message, no preview and no resource can hold them, and come back only where they are kept secret.
 */

/** What stands in place of a secret. */
export const sealed = "[secret]";

/** Path such as `workloads[0].env.PASSWORD` -> value; undefined for whoever cannot read it. */
export type Secrets = ReadonlyMap<string, string | undefined>;

export interface Sealed {
  readonly value: unknown;
  readonly secrets: Secrets;
}

/** Of a section as it stands in the stack's file: an encrypted value is a map with the key `secure`. */
export function sealEncrypted(section: unknown, key: string): Sealed {
  return seal(section, key, isEncrypted);
}

/** Of a section as the engine hands it over, with its secrets in clear. */
export function sealPaths(section: unknown, key: string, paths: ReadonlySet<string>): Sealed {
  return seal(section, key, (_, path) => paths.has(path));
}

function seal(section: unknown, key: string, isSecret: (value: unknown, path: string) => boolean): Sealed {
  const secrets = new Map<string, string | undefined>();
  const walk = (value: unknown, path: readonly PropertyKey[]): unknown => {
    const name = formatPath(path);
    if (isSecret(value, name)) {
      secrets.set(name, isEncrypted(value) ? undefined : text(value));
      return sealed;
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, [...path, name])]));
  };
  return { value: walk(section, [key]), secrets };
}

export function isEncrypted(value: unknown): value is { readonly secure: string } {
  return isRecord(value) && typeof value.secure === "string";
}

/** Path -> the text of each encrypted value, which tells nothing but whether it is the same as elsewhere. */
export function ciphersIn(section: unknown, path: readonly PropertyKey[]): [path: string, cipher: string][] {
  if (isEncrypted(section)) return [[formatPath(path), section.secure]];
  if (Array.isArray(section)) return section.flatMap((item, index) => ciphersIn(item, [...path, index]));
  if (!isRecord(section)) return [];
  return Object.entries(section).flatMap(([name, item]) => ciphersIn(item, [...path, name]));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Of all versions, or of one: a version may have dots in its name, a variable has none. */
const environmentVariable = /^workloads\[(\d+)\](?:\.versions\.(.+))?\.env\.([^.[\]]+)$/;

/** Secrets in places where they would lie open: in the state, in an object of the cluster, in a message. */
export function checkSecrets(problems: Problems, secrets: Secrets, encrypted: readonly string[]): void {
  const place =
    "an encrypted value only where it stays secret: an environment variable of a workload (workloads[].env) or of one of its versions, or tlsKey";
  const fix = "Write it in plain text, or hand it to the app in a variable of workloads[].env.";
  for (const path of secrets.keys()) {
    if (!environmentVariable.test(path)) problems.add(path, "an encrypted value", place, fix);
  }
  for (const key of encrypted) {
    const got = "a section that is encrypted as a whole, or by a file that is not the stack's own";
    const how = `Write it in plain text, and encrypt values of it: \`pulumi config set --path --secret ${quote("mesh-lanes:workloads[0].env.NAME")}\`.`;
    problems.add(key, got, "a section that can be read without its secrets", how);
  }
}

/** Puts secrets where they stay secret: out of `env`, whose values stand in the pods' specs. */
export function withSecrets(workloads: readonly WorkloadConfig[], secrets: Secrets): WorkloadConfig[] {
  const found = [...secrets].flatMap(([path, value]) => {
    const [, index, version, variable] = environmentVariable.exec(path) ?? [];
    return variable === undefined ? [] : [{ index: Number(index), version, variable, value: value ?? sealed }];
  });
  return workloads.map((workload, index) => {
    const own = found.filter((each) => each.index === index);
    if (own.length === 0) return workload;
    const of = (version: string | undefined) =>
      Object.fromEntries(
        own.filter((each) => each.version === version).map(({ variable, value }) => [variable, value]),
      );
    const versionOwned = own.flatMap(({ version }) => version ?? []);
    const versions = [...new Set(versionOwned)];
    return {
      ...workload,
      env: without(workload.env, of(undefined)),
      ...(own.length > versionOwned.length && { secretEnv: of(undefined) }),
      ofVersions: Object.fromEntries(
        Object.entries(workload.ofVersions).map(([version, each]) => [
          version,
          { ...each, env: without(each.env, of(version)) },
        ]),
      ),
      ...(versions.length > 0 && {
        secretEnvOf: Object.fromEntries(versions.map((version) => [version, of(version)])),
      }),
    };
  });
}

function without<Value>(
  all: Readonly<Record<string, Value>>,
  left: Readonly<Record<string, unknown>>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !Object.hasOwn(left, key)));
}
