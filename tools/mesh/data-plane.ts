import { type Kubectl, runKubectl, withKubeconfig } from "../kubectl/kubectl";
import { poll } from "../poll";
import type { Reporter } from "../report/reporter";
import { UserError } from "../user-error";
import { firstLine } from "../values";
import { injects, type MutatingWebhook } from "./sidecar-injector";

export interface DataPlaneWait {
  /** Admin kubeconfig of the cluster as text. */
  readonly kubeconfig: string;
  /** Labels of a namespace whose pods get sidecars. */
  readonly labels: Readonly<Record<string, string>>;
}

const namespace = "istio-system";
/** Milliseconds. A managed mesh brings both within a few minutes of the cluster being in it. */
const usualPace = { withinMs: 15 * 60_000, everyMs: 3000 };

/**
 * Waits until a cluster of a managed mesh can take pods and secrets: a mesh that runs has its control plane, while what it
 * puts into its clusters may still be missing. A pod that starts before the injector has no sidecar, for good.
 */
export function waitForDataPlane({ kubeconfig, labels }: DataPlaneWait, reporter: Reporter): Promise<object> {
  return withKubeconfig(kubeconfig, (target) => pollDataPlane((...args) => runKubectl(target, args), labels, reporter));
}

/** The wait itself. @throws UserError that names what is missing when the time has passed. */
export async function pollDataPlane(
  kubectl: Kubectl,
  labels: Readonly<Record<string, string>>,
  reporter: Reporter,
  pace = usualPace,
): Promise<object> {
  let missing: readonly string[] = [];
  const ready = await poll(async () => {
    missing = await gaps(kubectl, labels).catch((error: unknown) => [`an answer of the cluster (${firstLine(error)})`]);
    if (missing.length > 0) reporter.waiting(missing.join(", "));
    return missing.length === 0;
  }, pace);
  if (ready) return {};
  throw new UserError("The mesh has not reached the cluster.", [
    {
      path: "data plane",
      got: `missing after ${Math.round(pace.withinMs / 60_000)} minutes: ${missing.join(", ")}`,
      expected: `a node, namespace ${namespace} and a webhook that puts sidecars into pods of labelled namespaces`,
      fix: "See the state of the cluster on the instance's page in the ASM console, then run the same command again.",
    },
  ]);
}

async function gaps(kubectl: Kubectl, labels: Readonly<Record<string, string>>): Promise<string[]> {
  const [nodes, found, listed] = await Promise.all([
    kubectl("get", "nodes", "-o", `jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}`),
    kubectl("get", "namespace", namespace, "--ignore-not-found", "-o", "name"),
    kubectl("get", "mutatingwebhookconfigurations", "-o", "json"),
  ]);
  const { items } = JSON.parse(listed) as { items: readonly { webhooks?: readonly MutatingWebhook[] }[] };
  const injector = items.some(({ webhooks = [] }) => webhooks.some((webhook) => injects(webhook, labels)));
  return [
    // A pool that grows by itself is made before its first node is.
    ...(nodes.split(" ").includes("True") ? [] : ["a node that is Ready"]),
    ...(found.trim() === "" ? [`namespace ${namespace}`] : []),
    ...(injector ? [] : ["a webhook that puts sidecars into pods"]),
  ];
}
