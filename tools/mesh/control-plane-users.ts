import { type Kubectl, runKubectl, withKubeconfig } from "../kubectl/kubectl";
import { poll } from "../poll";
import type { Reporter } from "../report/reporter";
import { UserError } from "../user-error";
import { podLines } from "./pod-lines";

export interface ControlPlane {
  readonly namespace: string;
  /** `default` where it has none. */
  readonly revision: string;
}

/** Milliseconds. Pods of a rollout that has ended are being deleted, and so do not count. */
const usualPace = { withinMs: 30_000, everyMs: 2000 };
/** Pods that a message names. */
const named = 10;

/**
 * Fails while a pod has a proxy of a control plane that is to be deleted.
 *
 * @throws UserError that names the pods.
 */
export function requireUnused(
  { kubeconfig, ...plane }: ControlPlane & { readonly kubeconfig: string },
  reporter: Reporter,
): Promise<Record<string, never>> {
  return withKubeconfig(kubeconfig, (target) => pollUsers((...args) => runKubectl(target, args), plane, reporter));
}

/** The check itself. */
export async function pollUsers(
  kubectl: Kubectl,
  { namespace, revision }: ControlPlane,
  reporter: Reporter,
  pace = usualPace,
): Promise<Record<string, never>> {
  let users: readonly string[] = [];
  const free = await poll(async () => {
    users = usersOf(await kubectl(...revisionsRequest), revision);
    if (users.length > 0) reporter.waiting(`${podsOf(users)} with a proxy of revision ${revision}`);
    return users.length === 0;
  }, pace);
  if (free) return {};
  const more = users.length > named ? ` and ${users.length - named} more` : "";
  throw new UserError("A control plane stays, because it is in use.", [
    {
      path: `istiod of revision ${revision} in ${namespace}`,
      got: `${podsOf(users)} with a proxy of it: ${users.slice(0, named).join(", ")}${more}`,
      expected: "no pod: without its control plane a proxy hears of no change, and no pod gets a proxy",
      fix: "Give their namespaces the label of another control plane, restart their workloads (kubectl rollout restart), then run the same command again.",
    },
  ]);
}

function podsOf({ length }: readonly string[]): string {
  return length === 1 ? "1 pod" : `${length} pods`;
}

/**
 * Arguments of kubectl that name the pods that have not ended and are not being deleted, each with the revision of its proxy in
 * front. The injector notes that in the annotation `istio.io/rev`, for gateways too:
 * https://github.com/istio/istio/tree/master/manifests/charts/istio-control/istio-discovery/files
 */
export const revisionsRequest: readonly string[] = [
  ...["get", "pods", "--all-namespaces", "--field-selector=status.phase!=Succeeded,status.phase!=Failed", "--output"],
  podLines(
    "not $pod.deletionTimestamp",
    '{{with $pod.annotations}}{{index . "istio.io/rev"}}{{end}} {{$pod.namespace}}/{{$pod.name}}',
  ),
];

/** `namespace/name` of each pod with a proxy of a revision. @param answer to {@link revisionsRequest} */
export function usersOf(answer: string, revision: string): string[] {
  return answer.split("\n").flatMap((line) => {
    const [found, pod = ""] = line.split(" ");
    return found === revision ? [pod] : [];
  });
}
