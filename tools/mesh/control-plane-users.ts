import { z } from "zod";
import { type Kubectl, runKubectl, withKubeconfig } from "../kubectl/kubectl";
import { poll } from "../poll";
import type { Reporter } from "../report/reporter";
import { UserError } from "../user-error";

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
    users = usersOf(await kubectl("get", "pods", "--all-namespaces", "--output=json"), revision);
    if (users.length > 0) reporter.waiting(`${users.length} pods with a proxy of revision ${revision}`);
    return users.length === 0;
  }, pace);
  if (free) return {};
  const more = users.length > named ? ` and ${users.length - named} more` : "";
  throw new UserError("A control plane stays, because it is in use.", [
    {
      path: `istiod of revision ${revision} in ${namespace}`,
      got: `${users.length} pods have a proxy of it: ${users.slice(0, named).join(", ")}${more}`,
      expected: "no pod: without its control plane a proxy hears of no change, and no pod gets a proxy",
      fix: "Give their namespaces the label of another control plane, restart their workloads (kubectl rollout restart), then run the same command again.",
    },
  ]);
}

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        deletionTimestamp: z.string().optional(),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
      status: z.object({ phase: z.string().optional() }).default({}),
    }),
  ),
});

/**
 * `namespace/name` of each pod with a proxy of a revision. The injector notes the revision in the pod's annotation `istio.io/rev`, for
 * gateways too: https://github.com/istio/istio/tree/master/manifests/charts/istio-control/istio-discovery/files
 *
 * @param pods as `kubectl get pods --output=json` prints them.
 */
export function usersOf(pods: string, revision: string): string[] {
  return podsSchema
    .parse(JSON.parse(pods))
    .items.filter(({ metadata: { annotations, deletionTimestamp }, status }) => {
      const ended = status.phase === "Succeeded" || status.phase === "Failed";
      return annotations["istio.io/rev"] === revision && deletionTimestamp === undefined && !ended;
    })
    .map(({ metadata: { namespace, name } }) => `${namespace}/${name}`);
}
