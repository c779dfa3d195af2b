import { runKubectl, withKubeconfig } from "../../tools/kubectl/kubectl";

/** Runs kubectl against one cluster. @returns what it writes to stdout. @throws KubectlFailure with kubectl's own words. */
export type RunKubectl = (args: readonly string[]) => Promise<string>;

/** @param kubeconfig as text; nothing of the shell's surroundings counts. */
export function kubectlWith(kubeconfig: string): RunKubectl {
  return (args) => withKubeconfig(kubeconfig, (target) => runKubectl(target, ["--request-timeout=20s", ...args]));
}
