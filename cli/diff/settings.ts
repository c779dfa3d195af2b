import { sealed } from "../../config/secrets";
import type { StackConfig, WorkloadConfig } from "../../config/stack";
import type { Source } from "./source";

type Texts = Readonly<Record<string, string>>;

/** Every section of a config but its lane groups, with no secret in it, also where somebody could read them. */
export function settingsOf({ laneGroups: _groups, workloads, tls, ...others }: StackConfig) {
  return {
    ...others,
    workloads: workloads.map(withoutSecrets),
    tls: tls.map((entry) => ({ ...entry, source: { ...entry.source, ...("key" in entry.source && { key: sealed }) } })),
  };
}

function withoutSecrets({ secretEnv, secretEnvOf, ...workload }: WorkloadConfig) {
  const masked = (texts: Texts) => Object.fromEntries(Object.keys(texts).map((name) => [name, sealed]));
  const ofVersions = Object.entries(secretEnvOf ?? {}).map(([version, texts]) => [version, masked(texts)] as const);
  return {
    ...workload,
    ...(secretEnv && { secretEnv: masked(secretEnv) }),
    ...(secretEnvOf && { secretEnvOf: Object.fromEntries(ofVersions) }),
  };
}

/** Encrypted values as the file has them, by paths with the names of workloads in place of their numbers. */
export function ciphersOf({ ciphers, config: { workloads } }: Source): Texts | undefined {
  if (!ciphers) return undefined;
  const nameAt = (index: number) => {
    const found = workloads[index];
    const alone = workloads.filter(({ name }) => name === found?.name).length === 1;
    return alone ? found?.name : `${found?.namespace}/${found?.name}`;
  };
  const named = (path: string) =>
    path.replace(/^workloads\[(\d+)\]/, (_, index) => `workloads.${nameAt(Number(index))}`);
  return Object.fromEntries([...ciphers].map(([path, cipher]) => [named(path), cipher]));
}
