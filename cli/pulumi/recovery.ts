import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import execa from "execa";
import { kubectlWith, type RunKubectl } from "../../components/live/kubectl";
import { readLiveObject, stackLabel } from "../../components/live/object";
import { waitFor } from "../../tools/poll";
import { createdObject, kubeconfigOf, type PendingOperation, type StateDeployment, settled } from "./pending";

const releaseType = "kubernetes:helm.sh/v3:Release";

/** What was done of what an interrupted update left pending, in words; nothing where it left nothing. */
export interface Recovery {
  /** Objects that were made and not noted: the state has them now. */
  readonly noted: readonly string[];
  /** Operations that nobody finished. The next update compares their objects with the plan, as all others. */
  readonly dropped: readonly string[];
  /** Objects of which is not known whether they were made: their cluster does not answer. They stay pending. */
  readonly unknown: readonly string[];
  /** The stack's state, as it is now. */
  readonly state: StateDeployment;
}

/**
 * Puts a stack in order whose update was interrupted: killed, cancelled, or cut off from its state.
 *
 * The state then lacks objects that were made last. Each is asked for in the cluster, and noted if it is there and is this stack's:
 * so that a config without it removes it. Everything else that is pending is dropped: each update compares what the cluster has
 * with the plan (`components/live/`), and writes what differs.
 *
 * A Helm release is the exception, since Helm refuses to install a name that it knows; its record goes, and the install adopts
 * what it finds, because that carries the release's labels.
 */
export async function recover(
  stack: Pick<Stack, "exportStack" | "importStack">,
  stackLabelValue: string,
  kubectlFor: (kubeconfig: string) => RunKubectl = kubectlWith,
): Promise<Recovery> {
  const exported = await stack.exportStack();
  const deployment: StateDeployment = exported.deployment;
  const pending = deployment.pending_operations ?? [];
  if (pending.length === 0) return { noted: [], dropped: [], unknown: [], state: deployment };
  const noted: PendingOperation[] = [];
  const unknown: PendingOperation[] = [];
  for (const operation of pending) {
    const kubeconfig = kubeconfigOf(deployment, operation.resource.provider);
    if (kubeconfig === undefined) continue;
    const kubectl = kubectlFor(kubeconfig);
    try {
      for (const { namespace, selector } of helmRecords([operation])) {
        await kubectl(["delete", "secret", "--namespace", namespace, "--selector", selector]);
      }
      if (await wasMade(operation, kubectl, stackLabelValue)) noted.push(operation);
    } catch {
      if (operation.type === "creating") unknown.push(operation);
    }
  }
  const state = settled(deployment, noted, unknown);
  await stack.importStack({ ...exported, deployment: state });
  const dropped = pending.filter((operation) => !noted.includes(operation) && !unknown.includes(operation));
  return { noted: noted.map(inWords), dropped: dropped.map(inWords), unknown: unknown.map(inWords), state };
}

function inWords({ type, resource }: PendingOperation): string {
  return `${type} ${resource.urn.split("::").at(-1)}`;
}

/** Whether an object that was being made is in the cluster, made by this stack. */
async function wasMade(operation: PendingOperation, kubectl: RunKubectl, stack: string): Promise<boolean> {
  const object = createdObject(operation);
  if (!object) return false;
  const where = object.namespace === "" ? [] : ["--namespace", object.namespace];
  const text = await kubectl([
    ...["get", object.resource, object.name, ...where],
    ...["--ignore-not-found", "--output=json", "--show-managed-fields"],
  ]);
  if (text.trim() === "") return false;
  return readLiveObject(JSON.parse(text))?.labels[stackLabel] === stack;
}

/**
 * Selectors of the Secrets in which Helm keeps what it believes of the releases that were under way: all of a release
 * that is not in Pulumi's state, and of the others only what was half done.
 */
export function helmRecords(pending: readonly PendingOperation[]): { namespace: string; selector: string }[] {
  return pending.flatMap(({ type, resource }) => {
    const { name, namespace } = resource.inputs ?? {};
    // Others may have a release of that name in another namespace.
    if (resource.type !== releaseType || typeof name !== "string" || typeof namespace !== "string") return [];
    const half = type === "creating" ? "" : ",status in (pending-install,pending-upgrade,pending-rollback)";
    return [{ namespace, selector: `owner=helm,name=${name}${half}` }];
  });
}

/**
 * A provider goes on for a while when its engine is killed, and would write beside the next one.
 *
 * @param pulumiHome the engine's home: providers run from there.
 */
export async function endStrayProviders(pulumiHome: string): Promise<void> {
  const gone = async (): Promise<boolean> => {
    const pids = strayProviders((await execa("ps", ["-eo", "pid=,args="])).stdout, pulumiHome);
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    return pids.length === 0;
  };
  await waitFor("the providers of a killed update to end", gone, { withinMs: 30_000 });
}

/** Process ids, out of what `ps -eo pid=,args=` prints, of programs in the plugin folder of this checkout. */
export function strayProviders(processes: string, pulumiHome: string): number[] {
  const folder = `${join(pulumiHome, "plugins")}/`;
  return processes.split("\n").flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid && command?.startsWith(folder) ? [Number(pid)] : [];
  });
}
