import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import execa from "execa";

/** What Pulumi says of an operation that was under way when it was killed (sdk/go/common/apitype/deployments.go). */
export interface PendingOperation {
  /** `creating`, `updating`, `deleting` … */
  readonly type: string;
  readonly resource: {
    readonly type: string;
    readonly urn: string;
    readonly inputs?: { readonly name?: unknown };
  };
}

const releaseType = "kubernetes:helm.sh/v3:Release";

/**
 * Puts a stack in order whose update was killed, so that the next one can go on where that one stopped.
 *
 * Objects that were being made are made again: server-side apply takes over what is there. A Helm release is the
 * exception, since Helm refuses to install a name that it knows; its record goes, and the install adopts what it finds,
 * because that carries the release's labels.
 *
 * @param kubectl environment in which `kubectl` reaches the cluster.
 * @param pulumiHome the engine's home: providers that run from there have outlived their engine.
 * @returns what will be done again, in words.
 */
export async function recoverFromKill(stack: Stack, kubectl: NodeJS.ProcessEnv, pulumiHome: string): Promise<string[]> {
  await endStrayProviders(pulumiHome);
  const exported = await stack.exportStack();
  const pending = pendingOperations(exported);
  if (pending.length === 0) return [];
  for (const selector of helmRecords(pending)) {
    const args = ["delete", "secret", "--all-namespaces", "--selector", selector];
    // A cluster that does not answer holds no half-made release either.
    await execa("kubectl", args, { env: kubectl, reject: false, timeout: 30_000 });
  }
  await stack.importStack(withoutPending(exported));
  return pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`);
}

/**
 * Selectors of the Secrets in which Helm keeps what it believes of the releases that were under way: all of a release
 * that is not in Pulumi's state, and of the others only what was half done.
 */
export function helmRecords(pending: readonly PendingOperation[]): string[] {
  return pending.flatMap(({ type, resource }) => {
    const { name } = resource.inputs ?? {};
    if (resource.type !== releaseType || typeof name !== "string") return [];
    const half = type === "creating" ? "" : ",status in (pending-install,pending-upgrade,pending-rollback)";
    return [`owner=helm,name=${name}${half}`];
  });
}

/** A provider goes on for a while when its engine is killed, and would write beside the next one. */
async function endStrayProviders(pulumiHome: string): Promise<void> {
  const running = async () => strayProviders((await execa("ps", ["-eo", "pid=,args="])).stdout, pulumiHome);
  for (let pids = await running(); pids.length > 0; pids = await running()) {
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    await sleep(100);
  }
}

/** Process ids, out of what `ps -eo pid=,args=` prints, of programs in the plugin folder of this checkout. */
export function strayProviders(processes: string, pulumiHome: string): number[] {
  const folder = `${join(pulumiHome, "plugins")}/`;
  return processes.split("\n").flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid && command?.startsWith(folder) ? [Number(pid)] : [];
  });
}

function pendingOperations(exported: Deployment): PendingOperation[] {
  return (exported.deployment as { pending_operations?: PendingOperation[] }).pending_operations ?? [];
}

function withoutPending(exported: Deployment): Deployment {
  const { pending_operations: _pending, ...deployment } = exported.deployment as Record<string, unknown>;
  return { ...exported, deployment };
}
