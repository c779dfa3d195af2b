import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import execa from "execa";

/** What Pulumi says of an operation that was under way when it was killed (sdk/go/common/apitype/deployments.go). */
interface PendingOperation {
  readonly type: string;
  readonly resource: { readonly type: string; readonly urn: string };
}

/**
 * Puts a stack in order whose update was killed, so that the next one can go on where that one stopped.
 *
 * Objects that were being made are made again: server-side apply takes over what is there. A Helm release is the
 * exception, since Helm refuses to install a name that it holds to be under way; its record of that goes, and the
 * install adopts what it finds, because it carries the release's labels.
 *
 * @param kubectl environment in which `kubectl` reaches the cluster.
 * @returns what was set right, in words.
 */
export async function recoverFromKill(stack: Stack, kubectl: NodeJS.ProcessEnv): Promise<string[]> {
  const exported = await stack.exportStack();
  const pending = pendingOperations(exported);
  if (pending.length === 0) return [];
  if (pending.some(({ resource }) => resource.type === "kubernetes:helm.sh/v3:Release")) {
    const selector = "owner=helm,status in (pending-install,pending-upgrade)";
    const args = ["delete", "secret", "--all-namespaces", "--selector", selector];
    // A cluster that does not answer holds no half-made release either.
    await execa("kubectl", args, { env: kubectl, reject: false, timeout: 30_000 });
  }
  await stack.importStack(withoutPending(exported));
  return pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`);
}

function pendingOperations(exported: Deployment): PendingOperation[] {
  return (exported.deployment as { pending_operations?: PendingOperation[] }).pending_operations ?? [];
}

function withoutPending(exported: Deployment): Deployment {
  const { pending_operations: _pending, ...deployment } = exported.deployment as Record<string, unknown>;
  return { ...exported, deployment };
}
