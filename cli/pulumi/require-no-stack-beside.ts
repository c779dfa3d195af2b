import { ClusterObjects } from "../../components/live/cluster-objects";
import { kubectlWith, type RunKubectl } from "../../components/live/kubectl";
import { stackLabel } from "../../components/live/object";
import { projectName } from "../../config/stack";
import { UserError } from "../../tools/user-error";

/** Of these every stack has one at least that has anything. */
const kinds = ["Namespace", "Deployment", "Gateway", "DestinationRule"];

/**
 * Refuses to destroy a stack whose cluster goes with it while another stack is on that cluster. Stacks of a checkout share its local
 * cluster, and one whose update was refused has it in its state, too.
 *
 * @param label value of the stack's label.
 * @param clusters kubeconfigs as text. One that does not answer holds nothing that anybody uses.
 */
export async function requireNoStackBeside(
  label: string,
  clusters: readonly string[],
  kubectlOf: (kubeconfig: string) => RunKubectl = kubectlWith,
): Promise<void> {
  const others = `${stackLabel},${stackLabel}!=${label}`;
  const looks = clusters.flatMap((kubeconfig) => {
    const cluster = new ClusterObjects(kubectlOf(kubeconfig), label);
    return kinds.map((kind) => cluster.everywhere(kind, others).catch(() => []));
  });
  const found = new Map((await Promise.all(looks)).flat().map((object) => [object.labels[stackLabel] ?? "", object]));
  if (found.size === 0) return;
  const problems = [...found].map(([other, { kind, namespace, name }]) => {
    const stack = other.startsWith(`${projectName}.`) ? other.slice(projectName.length + 1) : other;
    const where = namespace === "" ? name : `${namespace}/${name}`;
    return {
      path: `stack ${stack}`,
      got: `it is on the cluster that would be removed: ${kind} ${where}, for one`,
      expected: "a cluster that nobody else is on",
      fix: `Destroy that stack first: \`npx lanes destroy --stack ${stack}\`. To remove the cluster with all that is on it: \`npx lanes stop --purge\`.`,
    };
  });
  throw new UserError("Another stack is on this stack's cluster. Nothing was destroyed.", problems);
}
