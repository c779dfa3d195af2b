import { nodeConfig } from "../../../tools/embedded/config";
import { allPids, commandLine, parentOf, readOr } from "../../../tools/embedded/proc";
import { livePid } from "../../../tools/embedded/processes";
import { kubectlEnvironment, runKubectl } from "../../../tools/kubectl/kubectl";
import { workPaths } from "../../../tools/paths";

/** What may fail while an update is under way, and how it is made to. */
export interface Victim {
  readonly name: string;
  /** Whether requests that it is answering are lost with it. */
  readonly serves: boolean;
  /**
   * Kills it with SIGKILL, as the kernel does that is out of memory.
   *
   * @param update pid of `lanes up`.
   * @param step number of the step, from 0.
   */
  readonly kill: (update: number, step: number) => Promise<void>;
}

const services = ["mocka", "mockb", "mockc"] as const;

export const victims: readonly Victim[] = [
  {
    name: "Pulumi's engine",
    serves: false,
    kill: async (update) => killAll(isEngineOf(update)),
  },
  { name: "istiod", serves: false, kill: () => killPod("istio-system", "app=istiod") },
  {
    name: "the API server",
    serves: false,
    kill: async () => {
      const pid = livePid(nodeConfig(), "kube-apiserver");
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    },
  },
  {
    name: "a sidecar of the baseline",
    serves: true,
    // Each in turn: the kubelet waits longer and longer before it starts a container that ends again and again.
    kill: async (_update, step) => killAll(isProxyOf(`${services[step % services.length]}-v1-`)),
  },
  { name: "the gateway's pod", serves: true, kill: () => killPod("istio-system", "istio=ingressgateway") },
];

async function killPod(namespace: string, selector: string): Promise<void> {
  const target = { flags: ["--kubeconfig", workPaths.kubeconfig], env: kubectlEnvironment() };
  const how = ["--grace-period=0", "--force", "--wait=false"];
  await runKubectl(target, ["delete", "pods", "--namespace", namespace, "--selector", selector, ...how]);
}

function killAll(isVictim: (pid: number) => boolean): void {
  for (const pid of allPids().filter(isVictim)) process.kill(pid, "SIGKILL");
}

function isEngineOf(update: number): (pid: number) => boolean {
  return (pid) => parentOf(pid) === update && (commandLine(pid)[0]?.endsWith("pulumi") ?? false);
}

/** Envoy itself: its agent goes on, and the kubelet restarts the container. */
function isProxyOf(pod: string): (pid: number) => boolean {
  const named = new RegExp(`(?:^|\\0)POD_NAME=${pod}`);
  return (pid) => (commandLine(pid)[0]?.endsWith("/envoy") ?? false) && named.test(readOr(`/proc/${pid}/environ`, ""));
}
