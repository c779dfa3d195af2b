import { deploymentName } from "../../components/names";
import { fixedReplicas } from "../../components/workloads/scaling";
import type { WorkloadConfig } from "./workloads";

/** `namespace/name` of a Deployment -> the number of its pods, where the config has one; autoscalers and others decide elsewhere. */
export function replicasInConfig(workloads: readonly WorkloadConfig[]): ReadonlyMap<string, number> {
  return new Map(
    workloads.flatMap(({ name, namespace, versions, replicas }) =>
      versions.flatMap((version): [string, number][] => {
        const number = fixedReplicas(replicas[version] ?? 1);
        return number === undefined ? [] : [[`${namespace}/${deploymentName(name, version)}`, number]];
      }),
    ),
  );
}
