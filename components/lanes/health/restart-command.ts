import { shellCommand } from "../../shell";
import { type PodFact, type WorkloadFact, workloadKinds } from "./facts";

/** The command that has a pod made again, as what runs it makes pods now. */
export function restartCommand({ namespace, name, owner }: PodFact): string {
  return owner
    ? workloadCommand(["rollout", "restart"], namespace, [owner])
    : shellCommand("kubectl", "delete", "pod", "-n", namespace, name);
}

/** The command that has all pods of a namespace made again. @param workloads that are there, of any namespace. */
export function restartAllCommand(namespace: string, workloads: readonly WorkloadFact[]): string {
  const there = new Set(workloads.filter((workload) => workload.namespace === namespace).map(({ kind }) => kind));
  const kinds = workloadKinds.filter((kind) => there.has(kind) || (there.size === 0 && kind === "Deployment"));
  return shellCommand("kubectl", "rollout", "restart", kinds.map(kubectlKind).join(), "-n", namespace);
}

/**
 * A command for workloads of a namespace.
 *
 * @example "kubectl scale statefulset -n shop cart-v2 --replicas=1"
 */
export function workloadCommand(
  verb: readonly string[],
  namespace: string,
  workloads: readonly Pick<WorkloadFact, "kind" | "name">[],
  ...flags: readonly string[]
): string {
  const kinds = [...new Set(workloads.map(({ kind }) => kind))];
  const [kind] = kinds;
  const named =
    kind !== undefined && kinds.length === 1
      ? [kubectlKind(kind), "-n", namespace, ...workloads.map(({ name }) => name)]
      : ["-n", namespace, ...workloads.map((workload) => `${kubectlKind(workload.kind)}/${workload.name}`)];
  return shellCommand("kubectl", ...verb, ...named, ...flags);
}

/** As kubectl writes it. */
function kubectlKind(kind: WorkloadFact["kind"]): string {
  return kind.toLowerCase();
}
