import { shellCommand } from "../../shell";
import type { PodFact } from "./facts";

/** The command that has a pod made again, as its Deployment makes pods now. */
export function restartCommand({ namespace, name, deployment }: PodFact): string {
  return deployment === undefined
    ? shellCommand("kubectl", "delete", "pod", "-n", namespace, name)
    : shellCommand("kubectl", "rollout", "restart", "deployment", "-n", namespace, deployment);
}
