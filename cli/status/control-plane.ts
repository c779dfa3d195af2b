import type { ControlPlaneFact, PodFact, ProxyVersionFact } from "../../components/lanes/health/facts";
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
    versions: answers.flatMap((answer) => ("proxies" in answer ? versionsOf(answer) : [])),
  };
}

interface Answer {
  readonly proxies: readonly ProxyState[];
  /** Of the istiod that gave it. */
  readonly controlPlane: string | undefined;
}

function versionsOf({ proxies, controlPlane }: Answer): ProxyVersionFact[] {
  if (controlPlane === undefined) return [];
  return proxies.flatMap(({ proxy, version }) => (version === undefined ? [] : [{ proxy, version, controlPlane }]));
}

async function ask(kubectl: Kubectl, pod: PodFact): Promise<Answer | { readonly problem: string }> {
  try {
    const proxies = readSyncz(await kubectl.run(istiodRequest(pod.namespace, pod.name, "/debug/syncz")));
    return { proxies, controlPlane: pod.istiodVersion };
  } catch (error) {
    const why = error instanceof KubectlError ? error.words.slice(0, 200) : "its answer cannot be read";
    return { problem: `${pod.namespace}/${pod.name}: ${why}` };
  }
}
