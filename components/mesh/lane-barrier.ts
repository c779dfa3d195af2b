import type { CustomResourceOptions, Input, Resource } from "@pulumi/pulumi";
import type { ProcessProvider } from "../cluster/process-resource";
import type { Barrier, BarrierArgs } from "../lanes/barrier";
import type { SecurityBarrierArgs } from "../security/lane-security";
import { securityGroup } from "../security/object";
import { ProxySync, type ProxySyncArgs } from "./proxy-sync";
import { istioNamespace } from "./root-namespace";

/** Makes the resource of a wait. */
export type MakeProxySync = (name: string, args: ProxySyncArgs, opts: CustomResourceOptions) => Resource;

/** Whom a wait asks for what the proxies have. */
export interface ProxiesArgs {
  /** Provider of the processes that wait, or how else a wait is made. */
  readonly processes: ProcessProvider | MakeProxySync;
  /** Kubeconfig of the cluster where istiod runs. @default none: it cannot be asked, as that of a managed mesh */
  readonly kubeconfig?: Input<string>;
  /** Seconds that each wait takes where istiod cannot be asked. @default 5 */
  readonly settleSeconds?: number;
}

/** Each step of a change waits until the proxies have the one before it. */
export function laneBarrier(proxies: ProxiesArgs): Barrier {
  return ({ stage, ...step }) =>
    proxySync(proxies, `${step.group}-${stage}-acknowledged`, { ...step, name: `${step.group}/${stage}` });
}

/** Pods call each other when their proxies know that they may: the wait of `LaneSecurity`. */
export function securityBarrier(proxies: ProxiesArgs): (args: SecurityBarrierArgs) => Resource {
  return (step) => proxySync(proxies, "security-acknowledged", { ...step, name: "security", group: securityGroup });
}

/** One wait. @param step what it waits for, under a name that is unique in the stack. */
function proxySync(
  { processes, kubeconfig, settleSeconds }: ProxiesArgs,
  resourceName: string,
  { parent, dependsOn, ...step }: Omit<BarrierArgs, "stage"> & { readonly name: string },
): Resource {
  const args = {
    ...step,
    namespace: istioNamespace,
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(settleSeconds !== undefined && { blindSeconds: settleSeconds }),
  };
  const opts = { parent, dependsOn };
  if (typeof processes === "function") return processes(resourceName, args, opts);
  return new ProxySync(resourceName, args, { ...opts, provider: processes });
}
