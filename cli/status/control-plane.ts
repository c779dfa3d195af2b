import type { ControlPlaneFact, PodFact } from "../../components/lanes/health/facts";
import { istiodRequest, type ProxyState, readSyncz } from "../../tools/mesh/istiod";
import { type Kubectl, KubectlError } from "./kubectl";

/** Asks every pod of istiod which config its proxies have: each knows only those that are connected to it. */
export async function gatherControlPlane(kubectl: Kubectl, pods: readonly PodFact[]): Promise<ControlPlaneFact> {
  const ready = pods.filter((pod) => pod.labels.app === "istiod" && pod.ready);
  const answers = await Promise.all(ready.map((pod) => ask(kubectl, pod)));
  const proxies = answers.flatMap((answer) => ("proxies" in answer ? answer.proxies : []));
  return {
    answered: answers.filter((answer) => "proxies" in answer).length,
    problems: answers.flatMap((answer) => ("problem" in answer ? [answer.problem] : [])),
    connected: proxies.map(({ proxy }) => proxy),
    syncs: proxies.flatMap(({ proxy, configs }) => configs.map(({ sent: _, ...config }) => ({ proxy, ...config }))),
  };
}

async function ask(kubectl: Kubectl, pod: PodFact): Promise<{ proxies: ProxyState[] } | { problem: string }> {
  try {
    return { proxies: readSyncz(await kubectl.run(istiodRequest(pod.namespace, pod.name, "/debug/syncz"))) };
  } catch (error) {
    const why = error instanceof KubectlError ? error.words.slice(0, 200) : "its answer cannot be read";
    return { problem: `${pod.namespace}/${pod.name}: ${why}` };
  }
}
