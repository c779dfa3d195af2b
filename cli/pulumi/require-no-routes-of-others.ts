import { routesOfOthersStay } from "../../components/lanes/named-subsets";
import { ClusterObjects } from "../../components/live/cluster-objects";
import { kubectlWith, type RunKubectl } from "../../components/live/kubectl";
import { UserError } from "../../tools/user-error";

/**
 * Refuses to destroy a stack whose subsets routes of others name: their requests would get 503.
 *
 * @param label value of the stack's label.
 * @param clusters kubeconfigs as text. One that does not answer is for the destroy to tell.
 */
export async function requireNoRoutesOfOthers(
  label: string,
  clusters: readonly string[],
  kubectlOf: (kubeconfig: string) => RunKubectl = kubectlWith,
): Promise<void> {
  const check = routesOfOthersStay([], () => true);
  const claimant = { stack: label, adopt: new Set<string>(), fixes: new Map(), state: async () => undefined };
  const found = await Promise.all(
    clusters.map((kubeconfig) => check(new ClusterObjects(kubectlOf(kubeconfig), label), claimant).catch(() => [])),
  );
  const problems = found.flat();
  if (problems.length > 0) throw new UserError("Routes of others lead to this stack. Nothing was destroyed.", problems);
}
